/** What a rejection means and what to do, by `reason` of the webhook or `rejected_reason` of the API (2025-11-14). */
export const REJECTION_REASONS: Readonly<Record<string, string>> = {
  ABUSIVE_CONTENT: 'The text breaks a policy on abusive or threatening content. Write it anew.',
  CATEGORY_NOT_AVAILABLE: 'The category does not exist any more. Choose marketing, utility or authentication.',
  INCORRECT_CATEGORY: 'Meta puts this text in another category. Submit it there, or take the promotional part out.',
  INVALID_FORMAT: 'Variables or formatting are not as Meta wants them. Its recommendation comes with the report.',
  PROMOTIONAL: 'The text promotes something and cannot have this category. Submit it as marketing.',
  SCAM: 'The text looks like a scam to Meta. Name your business and avoid asking for sensitive data.',
  TAG_CONTENT_MISMATCH:
    'Language or category do not fit the text. Check that the language is the one it is written in.',
};
