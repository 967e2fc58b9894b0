import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsInt, IsObject, IsOptional, IsString, Length, Min, ValidateIf } from 'class-validator';

const EXAMPLE = {
  triggers: [{ on: 'keyword', words: ['order', 'pedido'] }],
  start: 'size',
  steps: {
    size: {
      do: 'choose',
      text: 'Which size, {{contact.name}}?',
      save: 'size',
      options: [
        { id: 's', title: 'Small', next: 'count' },
        { id: 'l', title: 'Large', next: 'count' },
      ],
    },
    count: { do: 'ask', text: 'How many?', as: 'number', save: 'count', next: 'done' },
    done: { do: 'say', text: '{{count}} x {{size}}. Thank you!' },
  },
};

export class FlowRequest {
  @ApiProperty({ type: 'object', additionalProperties: true, example: EXAMPLE, description: 'See docs/api/bots.md' })
  @IsObject()
  flow: Record<string, unknown>;
}

export class BotRequest extends FlowRequest {
  @ApiProperty() @IsString() @Length(1, 100) name: string;
  @ApiPropertyOptional({ type: String, nullable: true, description: "Meta's id of the number; absent: all of yours" })
  @IsOptional()
  @IsString()
  @Length(1, 30)
  phone_number_id?: string | null;
}

export class LiveRequest {
  @ApiProperty({ type: Number, nullable: true, description: 'A version that was published; null: switched off' })
  @ValidateIf((r: LiveRequest) => r.version !== null)
  @IsInt()
  @Min(1)
  version: number | null;
}

export class SimulateRequest {
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [{ text: 'order' }, { press: 'l' }, { text: 'two' }, { wait_minutes: 60 }],
    description:
      'In order: `text`, `press` (id of a button), `order`, `wait_minutes`, `called` (what the other system answers), ' +
      '`answered` (what the model answers), `given_back`',
  })
  @IsArray()
  @ArrayMaxSize(200)
  @IsObject({ each: true })
  events: Record<string, unknown>[];
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Name and attributes of the customer',
  })
  @IsOptional()
  @IsObject()
  contact?: Record<string, unknown>;
}
