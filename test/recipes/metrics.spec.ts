import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { Registry } from 'prom-client';
import { countCorsDecisions as countForOpenTelemetry } from '../../docs/recipes/opentelemetry.js';
import { countCorsDecisions as countForPrometheus } from '../../docs/recipes/prometheus.js';
import { type RunningApplication, startApplication } from '../support/application.js';

@Controller('orders')
class OrdersController {
  @Get(':id')
  read() {
    return 'order';
  }
}

describe('the recipes for metrics', () => {
  let application: RunningApplication;
  const registry = new Registry();
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });

  beforeAll(async () => {
    metrics.setGlobalMeterProvider(provider);
    countForPrometheus(registry);
    countForOpenTelemetry();
    application = await startApplication('express', 'NestFactory', {
      controllers: [OrdersController],
      cors: { origin: 'https://app.example.com', logging: 'off' },
    });
    await application.from('https://app.example.com', '/orders/1');
    await application.from('https://one.example', '/orders/2');
    await application.from('https://two.example', '/orders/3');
    await application.preflight('https://app.example.com', 'INVENTED', '/nowhere');
  });

  afterAll(async () => {
    await application.close();
    await provider.shutdown();
  });

  it('Prometheus: counts', async () => {
    const { values } = await (
      registry.getSingleMetric('cors_decisions_total') as { get(): Promise<{ values: unknown[] }> }
    ).get();
    expect(values).toEqual([
      { labels: { kind: 'actual', route: '/orders/:id', reason: 'origin-listed' }, value: 1 },
      { labels: { kind: 'actual', route: '/orders/:id', reason: 'origin-not-listed' }, value: 2 },
      { labels: { kind: 'preflight', route: 'unrouted', reason: 'origin-listed' }, value: 1 },
    ]);
  });

  it('OpenTelemetry: counts', async () => {
    await reader.forceFlush();
    const points = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .filter(({ descriptor }) => descriptor.name === 'cors.decisions')
      .flatMap(({ dataPoints }) =>
        dataPoints.map(({ attributes, value }) => [
          attributes['cors.reason'],
          attributes['http.request.method'],
          value,
        ]),
      );
    expect(points).toEqual([
      ['origin-listed', 'GET', 1],
      ['origin-not-listed', 'GET', 2],
      ['origin-listed', '_OTHER', 1],
    ]);
  });
});
