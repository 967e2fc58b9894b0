import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('letters')
export class Letter {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'letter_id' }) letterId: string;
  /** Address, subject and text, sealed; empty once it was sent. */
  @Column('text') sealed: string;
  @Column('timestamptz', { name: 'due_at' }) dueAt: Date;
  @Column('smallint') attempts: number;
  @Column('timestamptz', { name: 'sent_at', nullable: true }) sentAt: Date | null;
}
