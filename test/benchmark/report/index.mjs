/*
 * What benchmarks report with: figures, tables in Markdown, charts in SVG, the machine. The pictures have no script, no
 * fonts of their own, and a background for light and for dark.
 */
export { barChart } from './bar-chart.mjs';
export { lineChart } from './line-chart.mjs';
export { machine, machineTable } from './machine.mjs';
export { outputFolder } from './output.mjs';
export { watchMachine } from './quiet.mjs';
export { figure, summary } from './statistics.mjs';
export { table } from './table.mjs';
export { write } from './write.mjs';
