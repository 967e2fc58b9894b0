import { ApiProperty, PartialType } from '@nestjs/swagger';

const text = { type: 'string' } as const;
const rows = (properties: Record<string, object>) =>
  ({ type: 'array', items: { type: 'object', properties } }) as const;
const categories = { type: 'array', items: text } as const;

/** Terms of a plan, as staff write them; `terms.ts` says what each means. Amounts are decimal strings. */
export class PlanTermsResponse {
  @ApiProperty({ nullable: true, type: String, description: 'null: the currency of each WABA' }) currency:
    | string
    | null;
  @ApiProperty({ example: '20', description: "On Meta's unit price" }) markup_pct: string;
  @ApiProperty({ type: 'object', additionalProperties: text }) markup_pct_by_category: object;
  @ApiProperty(rows({ category: text, market: { ...text, nullable: true }, price: text })) prices: readonly object[];
  @ApiProperty({ type: 'object', properties: { outbound: text, inbound: text } }) fee_per_message: object;
  @ApiProperty(rows({ from: text, rate: text })) fx: readonly object[];
  @ApiProperty({ example: '2' }) fx_margin_pct: string;
  @ApiProperty({ type: 'object', properties: { tenant: text, number: text } }) monthly_fee: object;
  @ApiProperty(rows({ name: text, categories, count: { type: 'integer' } })) included: readonly object[];
  @ApiProperty({ example: '0' }) minimum_per_month: string;
  @ApiProperty() trial_days: number;
  @ApiProperty(rows({ from: text, before: text, pct: text, categories })) discounts: readonly object[];
}
export class PlanTermsRequest extends PartialType(PlanTermsResponse) {}

export class ShownPlanResponse {
  @ApiProperty({ example: 'pass_through' }) plan: string;
  @ApiProperty() version: number;
  @ApiProperty({ type: PlanTermsResponse }) terms: PlanTermsResponse;
}
export class PlanVersionResponse extends ShownPlanResponse {
  @ApiProperty() note: string;
  @ApiProperty() made_by: string;
  @ApiProperty() created_at: string;
}
export class PlanVersionsResponse {
  @ApiProperty({ type: [PlanVersionResponse] }) data: PlanVersionResponse[];
}
export class AssignmentResponse {
  @ApiProperty({ example: '2026-12-01', description: 'The first local day it prices' }) from_day: string;
  @ApiProperty() plan: string;
  @ApiProperty() version: number;
  @ApiProperty() assigned_at: string;
}
export class StaffAssignmentResponse extends AssignmentResponse {
  @ApiProperty() assigned_by: string;
}
/** Who the invoices are made out to. */
export class BillingProfileResponse {
  @ApiProperty() legal_name: string;
  @ApiProperty() address: string;
  @ApiProperty({ example: 'MX' }) country: string;
  @ApiProperty() tax_id: string;
  @ApiProperty() is_business: boolean;
  @ApiProperty({ enum: ['es', 'pt', 'en'] }) language: string;
  @ApiProperty({ example: 'America/Mexico_City' }) timezone: string;
  @ApiProperty() legal_entity: string;
  @ApiProperty({ nullable: true, type: Number, description: 'null: staff issue the invoices' })
  issue_after_days: number | null;
}
export class TenantPlansResponse {
  @ApiProperty({ type: [StaffAssignmentResponse] }) assignments: StaffAssignmentResponse[];
  @ApiProperty({ type: BillingProfileResponse, nullable: true }) profile: BillingProfileResponse | null;
}
export class OwnPlanResponse extends ShownPlanResponse {
  @ApiProperty({ type: [AssignmentResponse] }) assignments: AssignmentResponse[];
  @ApiProperty({ type: BillingProfileResponse, nullable: true }) profile: BillingProfileResponse | null;
}
