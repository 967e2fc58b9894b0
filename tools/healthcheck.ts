// Whether the process in this container can do its work; the image's health check.
import { loadConfig } from '#libs/config';

const { PORT } = loadConfig(['PORT']);
const answer = await fetch(`http://127.0.0.1:${PORT}/readyz`).catch(() => undefined);
process.exit(answer?.ok ? 0 : 1);
