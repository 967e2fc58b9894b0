/**
 * Area codes of +1 that belong to Canada, by libphonenumber-js 1.13.16 (max metadata, read 2026-11-22). The United
 * States and Canada are one market, so these decide no price, only the country named in statistics.
 */
export const CANADIAN_AREA_CODES: readonly string[] = [
  ...'204 226 236 249 250 257 263 273 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468'.split(' '),
  ...'474 506 514 519 548 579 581 584 587 600 604 613 622 633 639 647 672 683 705 709 742 753 778 780 782'.split(' '),
  ...'807 819 825 867 873 879 902 905 942'.split(' '),
];
