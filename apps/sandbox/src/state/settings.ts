/** What can be turned while the sandbox runs. Times in milliseconds of sandbox time unless said otherwise. */
export interface Settings {
  /** Before each Graph answer, in real time. */
  latency_ms: number;
  /** From acceptance to the `sent` status. */
  sent_after_ms: number;
  /** From acceptance to the `delivered` status; negative: never. */
  delivered_after_ms: number;
  /** From delivery to the `read` status; negative: never. */
  read_after_ms: number;
  /** From creation or edit of a template to its approval; negative: only a control call decides. */
  template_review_ms: number;
  /** The brakes below can be let go for measurements. */
  enforce_throughput: boolean;
  enforce_pair_rate: boolean;
  enforce_tier: boolean;
  enforce_window: boolean;
  /** Whether the limits of portfolios rise as Meta raises them; off, only a control call moves them. */
  raise_limits: boolean;
  /** Whether On-Premises clients can register numbers, as before the product ended on 2025-10-23. */
  on_premises_registration: boolean;
}
