import { Field, Int, ObjectType } from '@nestjs/graphql';

@ObjectType()
export class Order {
  @Field(() => Int)
  number!: number;

  @Field()
  item!: string;

  @Field(() => Int)
  quantity!: number;
}
