// Stands in for a tenant's endpoint: takes every post and counts those of statuses, each event once.
import { serveHttp } from '../harness/serve-http.js';

let posts = 0;
let events = new Set<string>();

serveHttp((request, body) => {
  if (request.url === '/_counts') return JSON.stringify({ posts, events: events.size });
  if (request.url === '/_reset') {
    posts = 0;
    events = new Set();
    return '{}';
  }
  posts++;
  // Which message and which status: enough to tell events apart without reading the rest.
  const text = body.toString();
  const id = /"id":"(wamid\.[^"]+)"/.exec(text)?.[1];
  const status = /"status":"(\w+)"/.exec(text)?.[1];
  if (id && status) events.add(`${id} ${status}`);
  return '{}';
});
