import { Controller, Delete, Get, Put } from '@nestjs/common';

export const APP = 'https://app.example';
export const ADMIN = 'https://admin.example';
export const STRANGER = 'https://stranger.example';

@Controller('items')
export class ItemsController {
  @Get()
  list(): string {
    return 'items';
  }

  @Get(':id')
  find(): string {
    return 'item';
  }

  @Put(':id')
  replace(): string {
    return 'replaced';
  }

  @Delete(':id')
  remove(): string {
    return 'removed';
  }
}
