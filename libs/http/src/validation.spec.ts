import { IsArray, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import type { Refusal } from './refusal.js';
import { nativeValidation } from './validation.js';

class Planned {
  @IsString() @MaxLength(60) waba_id: string;
  @IsArray() audience: unknown[];
  @IsOptional() @IsString() @Length(3, 10) note?: string;
}

describe('a request that does not fit', () => {
  const problems = (body: object): Promise<Refusal['more']['fields']> =>
    nativeValidation()
      .transform(body, { type: 'body', metatype: Planned })
      .then(
        () => ({}),
        (refusal: Refusal) => refusal.more.fields,
      );

  it('is told that a field is required where it is absent, and nothing else of it', async () => {
    expect(await problems({ audience: [] })).toEqual({ waba_id: ['waba_id is required'] });
    expect(await problems({})).toEqual({ waba_id: ['waba_id is required'], audience: ['audience is required'] });
  });

  it('is told each rule that what is there does not keep', async () => {
    expect(await problems({ waba_id: 1, audience: [], note: 'a', more: true })).toEqual({
      waba_id: ['waba_id must be shorter than or equal to 60 characters', 'waba_id must be a string'],
      note: ['note must be longer than or equal to 3 characters'],
      more: ['property more should not exist'],
    });
    expect(await problems({ waba_id: '1', audience: [] })).toEqual({});
  });
});
