import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { NumberCommand, NumberState } from './number-state.js';

@Entity('number_care')
export class NumberCare {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'phone_number_id' }) phoneNumberId: string;
  @Column('text') state: NumberState;
  /** It is being brought here from another provider. */
  @Column('boolean') migrates: boolean;
  @Column('timestamptz', { name: 'codes_asked', array: true }) codesAsked: Date[];
  @Column('smallint', { name: 'wrong_codes' }) wrongCodes: number;
  /** Until when Meta wants no such command, each by itself; ISO times. */
  @Column('jsonb') waits: Partial<Record<NumberCommand, string>>;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
}
