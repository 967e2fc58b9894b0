import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { IsLine, Refusal } from '#libs/http';
import {
  BUILT_IN,
  isLetterKind,
  isLetterLanguage,
  judgeWording,
  LETTER_KINDS,
  LETTER_LANGUAGES,
  LETTERS,
  type LetterKind,
  type LetterLanguage,
  PLACEHOLDERS,
  placeholdersOf,
  sampleOf,
  type Wording,
} from '#libs/letters';
import { LetterWordings, letterSetting } from '#libs/provider-settings';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { ChangeSetting } from './change-setting.js';

class WordingRequest {
  @ApiProperty({ example: 'Confirm your e-mail address for {{provider}}' }) @IsLine() @Length(1, 200) subject: string;
  @ApiProperty({ example: 'Welcome. Please open this link:\n\n{{link}}' }) @IsString() @Length(1, 5_000) text: string;
}
class ChangeRequest extends ReasonRequest {
  @ApiProperty() @IsLine() @Length(1, 200) subject: string;
  @ApiProperty() @IsString() @Length(1, 5_000) text: string;
}
class WordingResponse {
  @ApiProperty() subject: string;
  @ApiProperty() text: string;
}
class PlaceholderResponse {
  @ApiProperty({ example: 'link' }) name: string;
  @ApiProperty() means: string;
  @ApiProperty({ description: 'The text must hold it' }) needed: boolean;
}
class LetterResponse extends WordingResponse {
  @ApiProperty({ enum: LETTER_KINDS }) kind: LetterKind;
  @ApiProperty({ enum: LETTER_LANGUAGES }) language: LetterLanguage;
  @ApiProperty({ description: 'When it is sent' }) means: string;
  @ApiProperty({ description: "The words are the provider's own" }) changed: boolean;
  @ApiProperty({ type: [PlaceholderResponse] }) placeholders: PlaceholderResponse[];
}
class LettersResponse {
  @ApiProperty({ type: [LetterResponse] }) data: LetterResponse[];
}

/** The words of letters to merchants, by language. */
@ApiTags('settings')
@ApiBearerAuth()
@Controller('admin/v1/settings/letters')
export class LettersController {
  constructor(
    private readonly wordings: LetterWordings,
    private readonly change: ChangeSetting,
  ) {}

  @Get()
  @Needs('settings.read')
  @ApiOperation({ summary: 'See the words of all letters' })
  @ApiOkResponse({ type: LettersResponse })
  list(): LettersResponse {
    return { data: LETTER_KINDS.flatMap((kind) => LETTER_LANGUAGES.map((language) => this.show(kind, language))) };
  }

  /** Letters from now on are written like this; those that wait in the post are not changed. */
  @Put(':kind/:language')
  @Needs('settings.change')
  @ApiOperation({ summary: 'Change the words of a letter' })
  @ApiOkResponse({ type: LetterResponse })
  async replace(
    @Param('kind') kind: string,
    @Param('language') language: string,
    @Body() { reason, subject, text }: ChangeRequest,
    @Staff() staff: StaffCaller,
  ): Promise<LetterResponse> {
    const letter = letterOf(kind, language);
    refuseProblems(letter.kind, { subject, text });
    await this.change.save(letterSetting(letter.kind, letter.language), { subject, text }, { staff, reason });
    return this.show(letter.kind, letter.language);
  }

  /** How the letter would read, with made-up values; nothing is sent. */
  @Post(':kind/:language/preview')
  @HttpCode(200)
  @Needs('settings.read')
  @ApiOperation({ summary: 'Preview the words of a letter' })
  @ApiOkResponse({ type: WordingResponse })
  preview(
    @Param('kind') kind: string,
    @Param('language') language: string,
    @Body() wording: WordingRequest,
  ): WordingResponse {
    refuseProblems(letterOf(kind, language).kind, wording);
    return sampleOf(wording);
  }

  /** Goes back to the words that come with the house. */
  @Post(':kind/:language/reset')
  @HttpCode(200)
  @Needs('settings.change')
  @ApiOperation({ summary: 'Take back the words of a letter' })
  @ApiOkResponse({ type: LetterResponse })
  async reset(
    @Param('kind') kind: string,
    @Param('language') language: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<LetterResponse> {
    const letter = letterOf(kind, language);
    await this.change.save(letterSetting(letter.kind, letter.language), undefined, { staff, reason });
    return this.show(letter.kind, letter.language);
  }

  private show(kind: LetterKind, language: LetterLanguage): LetterResponse {
    const changed = this.wordings.changed(kind, language);
    const { means, needs } = LETTERS[kind];
    const placeholders = placeholdersOf(kind).map((name) => ({
      name,
      means: PLACEHOLDERS[name].means,
      needed: (needs as readonly string[]).includes(name),
    }));
    const { subject, text } = changed ?? BUILT_IN[language][kind];
    return { kind, language, means, subject, text, changed: changed !== undefined, placeholders };
  }
}

function letterOf(kind: string, language: string): { kind: LetterKind; language: LetterLanguage } {
  if (!isLetterKind(kind) || !isLetterLanguage(language)) throw Refusal.notFound('letter');
  return { kind, language };
}

function refuseProblems(kind: LetterKind, wording: Wording): void {
  const problems = judgeWording(kind, wording);
  if (problems.length > 0) throw Refusal.invalid(problems.join(' '));
}
