import { IsCorsOrigin } from 'nestjs-cors/class-validator';

export class NewOriginDto {
  /** An exact origin: what stands for several (`https://*.example.com`) is nothing that a tenant can prove to own. */
  @IsCorsOrigin()
  readonly origin!: string;
}
