export interface OnPremisesError {
  readonly code: number;
  readonly title: string;
  readonly meaning: string;
  /** The Cloud API code that says nearly the same. */
  readonly nearestCloudCode: number;
  /** Whether the row was seen on a page of Meta's or of a partner. */
  readonly verified: boolean;
}
