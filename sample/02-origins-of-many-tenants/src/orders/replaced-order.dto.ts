import { IsInt, Max, Min } from 'class-validator';

export class ReplacedOrderDto {
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  readonly quantity!: number;
}
