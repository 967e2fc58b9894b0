import { ApiProperty } from '@nestjs/swagger';
import {
  type ConsentRecord,
  type ConsentRules,
  type ConsentSource,
  type ConsentState,
  PURPOSES,
  type Purpose,
  type Standing,
} from '#libs/consent';

const STATES = ['asked', 'granted', 'withdrawn'];
const SOURCES = ['api', 'form', 'chat_link', 'keyword', 'import', 'meta'];

/** What holds for one purpose. */
export class StandingResponse {
  @ApiProperty({ enum: PURPOSES }) purpose: Purpose;
  @ApiProperty({ enum: STATES }) state: ConsentState;
  @ApiProperty({ description: 'When the customer said so' }) at: Date;
  @ApiProperty({ enum: SOURCES }) source: ConsentSource;

  static of({ purpose, state, at, source }: Standing): StandingResponse {
    return { purpose, state, at, source };
  }
}

export class ConsentRecordResponse extends StandingResponse {
  @ApiProperty() id: string;
  @ApiProperty({ type: String, nullable: true, description: 'What the customer was shown' }) wording: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true }) proof: object;
  @ApiProperty({ type: String, nullable: true, description: '`user:id` or `key:id`, for what came through the API' })
  made_by: string | null;
  @ApiProperty({ description: 'When we heard of it' }) recorded_at: Date;

  static override of(record: ConsentRecord): ConsentRecordResponse {
    const { recordId, wording, proof, madeBy, recordedAt } = record;
    const standing = StandingResponse.of(record);
    return { id: recordId, ...standing, wording, proof, made_by: madeBy, recorded_at: recordedAt };
  }
}

/** What a customer agreed to. */
export class ConsentsResponse {
  @ApiProperty({
    type: [StandingResponse],
    description: 'What holds now; purposes of which nothing was said are absent',
  })
  standing: StandingResponse[];
  @ApiProperty({ type: [ConsentRecordResponse], description: 'Everything that was said, newest first' })
  data: ConsentRecordResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

export class RecordedConsentResponse {
  @ApiProperty({ description: 'False where something newer holds already' }) holds: boolean;
  @ApiProperty({ type: [StandingResponse] }) standing: StandingResponse[];
}

export class ConsentSettingsResponse {
  @ApiProperty({ enum: PURPOSES, isArray: true }) opt_in_for: Purpose[];
  @ApiProperty({ type: [String] }) stop_words: string[];
  @ApiProperty({ type: [String] }) start_words: string[];

  static of({ optInFor, stopWords, startWords }: ConsentRules): ConsentSettingsResponse {
    return { opt_in_for: optInFor, stop_words: stopWords, start_words: startWords };
  }
}
