import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TEMPLATE_CATEGORIES } from '#libs/template-state';
import { READY_LANGUAGES } from './library/ready-templates.js';
import { TemplateResponse, TemplateSyncResponse } from './template.response.js';

export class TemplatesPageResponse {
  @ApiProperty({ type: [TemplateResponse], description: 'Newest first' }) data: TemplateResponse[];
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'Give it back as `cursor` for the next page; null on the last',
  })
  next: string | null;
}

export class TemplateSyncsResponse {
  @ApiProperty({ type: [TemplateSyncResponse] }) data: TemplateSyncResponse[];
}

/** What Meta carried over to the other account. */
export class CarriedTemplatesResponse {
  @ApiProperty({ type: [String], description: "Meta's ids in the account they came from" }) migrated: string[];
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: "Meta's reason for each that stayed behind, by its id",
  })
  failed: Record<string, string>;
}

class ReadyTemplateResponse {
  @ApiProperty({ example: 'order_shipped' }) key: string;
  @ApiProperty({ enum: TEMPLATE_CATEGORIES }) category: string;
  @ApiProperty({ description: 'When it is to be sent' }) about: string;
  @ApiProperty({ type: [String], description: 'What its variables are, in their order' }) variables: readonly string[];
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'object', additionalProperties: true } },
    description: 'Components by language',
  })
  components: object;
}

export class ReadyTemplatesResponse {
  @ApiProperty({ type: [ReadyTemplateResponse] }) data: readonly ReadyTemplateResponse[];
}

class SubmittedLanguageResponse {
  @ApiProperty({ enum: READY_LANGUAGES }) language: string;
  @ApiPropertyOptional() meta_template_id?: string;
  @ApiPropertyOptional({ example: 'PENDING' }) status?: string;
  @ApiPropertyOptional({ example: 'UTILITY' }) category?: string;
  @ApiPropertyOptional({ description: 'Why Meta did not take this language; the others are not concerned' })
  error?: string;
}

export class SubmittedLanguagesResponse {
  @ApiProperty({ type: [SubmittedLanguageResponse] }) data: SubmittedLanguageResponse[];
}

class TemplateProblemResponse {
  @ApiProperty({ example: 'variable_at_edge' }) code: string;
  @ApiProperty({ example: 'components[0].text', description: 'Its place in what was sent' }) at: string;
  @ApiProperty() says: string;
}

export class TemplateProblemsResponse {
  @ApiProperty({ type: [TemplateProblemResponse], description: 'Empty where Meta should take it' })
  problems: TemplateProblemResponse[];
}
