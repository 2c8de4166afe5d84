import {
  Body,
  ConflictException,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
} from '@nestjs/common';
import { CorsPolicy } from 'nestjs-cors';
import { OriginsService, type PartnerOrigin } from './origins.service.js';
import { SerializedOriginPipe } from './serialized-origin.pipe.js';

/** The form on the pages. It has no login, which is why the sample listens on this machine only. */
@Controller('admin/origins')
@CorsPolicy('admin')
export class OriginsController {
  constructor(private readonly origins: OriginsService) {}

  @Get()
  list(): Promise<PartnerOrigin[]> {
    return this.origins.list();
  }

  @Post()
  async add(@Body('origin', SerializedOriginPipe) origin: string): Promise<PartnerOrigin> {
    const added = await this.origins.add(origin);
    if (added === undefined) {
      throw new ConflictException(`${origin} is in the database already.`);
    }
    return added;
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@Param('id', ParseIntPipe) id: number): Promise<void> {
    if (!(await this.origins.remove(id))) {
      throw new NotFoundException(`There is no origin with the id ${id}.`);
    }
  }
}
