import { missing, OnPremisesError } from './on-premises-error.js';
import type { V1Route } from './v1-route.js';

/** What a sender needs: contacts, messages, media. */
export const MESSAGE_ROUTES: readonly V1Route[] = [
  {
    method: 'POST',
    path: '/contacts',
    access: 'user',
    handle: ({ body }) => {
      if (!Array.isArray(body.contacts)) throw missing('contacts');
      return {
        contacts: body.contacts.map((given) => {
          const input = String(given);
          const digits = input.replace(/\D/g, '');
          // From v2.43 on every number counts as valid; what has too few digits to be one still does not.
          return digits.length >= 7 ? { input, status: 'valid', wa_id: digits } : { input, status: 'invalid' };
        }),
      };
    },
  },
  {
    method: 'POST',
    path: '/messages',
    access: 'user',
    handle: ({ client, body, status }) => {
      const id = client.send(body);
      status(201);
      return { messages: [{ id }] };
    },
  },
  {
    method: 'PUT',
    path: '/messages/:id',
    access: 'user',
    handle: ({ client, params, body }) => {
      client.markRead(params.id!, body.status);
      return {};
    },
  },
  {
    method: 'POST',
    path: '/media',
    access: 'user',
    handle: ({ client, bytes, contentType, status }) => {
      if (!bytes) throw missing('The file');
      const id = client.storeMedia(contentType ?? 'application/octet-stream', bytes);
      status(201);
      return { media: [{ id }] };
    },
  },
  {
    method: 'GET',
    path: '/media/:id',
    access: 'user',
    handle: ({ client, params }) => {
      const media = client.media.get(params.id!);
      if (!media) throw noSuchMedia();
      return media;
    },
  },
  {
    method: 'DELETE',
    path: '/media/:id',
    access: 'user',
    handle: ({ client, params }) => {
      if (!client.media.delete(params.id!)) throw noSuchMedia();
      return {};
    },
  },
];

const noSuchMedia = () => new OnPremisesError(1006, 'Media was not found.', 404);
