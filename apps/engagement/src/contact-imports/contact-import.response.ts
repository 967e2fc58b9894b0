import { ApiProperty } from '@nestjs/swagger';
import { timeOfId } from '#libs/ids';
import type { ContactImport, ImportState } from './contact-imports.js';

export class ContactImportResponse {
  @ApiProperty() id: string;
  @ApiProperty({ type: String, nullable: true }) name: string | null;
  @ApiProperty({ enum: ['receiving', 'waiting', 'done', 'failed', 'cancelled'] }) state: ImportState;
  @ApiProperty({ type: String, nullable: true, description: 'Why it failed' }) reason: string | null;
  @ApiProperty({ type: [String], description: 'What each column is taken for' }) columns: string[];
  @ApiProperty({ description: 'Without the header' }) rows: number;
  @ApiProperty({ description: 'Of those: looked at' }) rows_done: number;
  @ApiProperty({ description: 'Contacts added' }) created: number;
  @ApiProperty({ description: 'Contacts that were there already' }) updated: number;
  @ApiProperty({ description: 'Rows that were refused; see refusals' }) refused: number;
  @ApiProperty() made_by: string;
  @ApiProperty() made_at: Date;
  @ApiProperty({ type: Date, nullable: true }) finished_at: Date | null;

  static of(found: ContactImport): ContactImportResponse {
    const { importId, name, state, reason, plan, rows, rowsDone, created, updated, refused } = found;
    return {
      id: importId,
      name,
      state,
      reason,
      columns: plan.targets,
      rows,
      rows_done: rowsDone,
      created,
      updated,
      refused,
      made_by: found.madeBy,
      made_at: timeOfId(importId),
      finished_at: found.finishedAt,
    };
  }
}

export class ContactImportPageResponse {
  @ApiProperty({ type: [ContactImportResponse] }) data: ContactImportResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}
