import { missing } from './on-premises-error.js';
import type { V1Route } from './v1-route.js';

// The number's profile is one, whichever API it is changed by.
const PROFILE = ['address', 'description', 'email', 'vertical', 'websites'];

/** Settings of the client, profile of the number, health and figures. */
export const SETTINGS_ROUTES: readonly V1Route[] = [
  {
    method: 'GET',
    path: '/settings/application',
    access: 'user',
    handle: ({ client }) => ({ settings: { application: client.settings.all } }),
  },
  {
    method: 'PATCH',
    path: '/settings/application',
    access: 'admin',
    handle: ({ client, body }) => {
      client.settings.change(body);
      return {};
    },
  },
  {
    method: 'DELETE',
    path: '/settings/application',
    access: 'admin',
    handle: ({ client }) => {
      client.settings.reset();
      return {};
    },
  },
  {
    method: 'GET',
    path: '/settings/business/profile',
    access: 'user',
    handle: ({ client }) => {
      const { profile } = client.requireNumber();
      return {
        settings: { business: { profile: Object.fromEntries(PROFILE.map((name) => [name, profile[name]])) } },
      };
    },
  },
  {
    method: 'POST',
    path: '/settings/business/profile',
    access: 'admin',
    handle: ({ client, body }) => {
      const { profile } = client.requireNumber();
      for (const name of PROFILE) if (body[name] !== undefined) profile[name] = body[name];
      return {};
    },
  },
  {
    method: 'GET',
    path: '/settings/profile/about',
    access: 'user',
    handle: ({ client }) => ({ settings: { profile: { about: { text: client.requireNumber().profile.about } } } }),
  },
  {
    method: 'PATCH',
    path: '/settings/profile/about',
    access: 'admin',
    handle: ({ client, body }) => {
      if (typeof body.text !== 'string') throw missing('text');
      client.requireNumber().profile.about = body.text;
      return {};
    },
  },
  {
    method: 'POST',
    path: '/settings/profile/photo',
    access: 'admin',
    handle: ({ client, bytes, contentType, status }) => {
      if (!bytes) throw missing('The file');
      const number = client.requireNumber();
      client.photo = { mimeType: contentType ?? 'image/jpeg', bytes };
      number.profile.profile_picture_url = `https://media.sandbox/photo/${number.id}`;
      status(201);
      return {};
    },
  },
  {
    method: 'GET',
    path: '/settings/profile/photo',
    access: 'user',
    handle: ({ client }) => client.photo ?? { settings: { profile: { photo: {} } } },
  },
  {
    method: 'DELETE',
    path: '/settings/profile/photo',
    access: 'admin',
    handle: ({ client }) => {
      client.photo = undefined;
      client.requireNumber().profile.profile_picture_url = undefined;
      return {};
    },
  },
  { method: 'GET', path: '/health', access: 'user', handle: ({ client }) => ({ health: client.health() }) },
  {
    method: 'GET',
    path: '/stats/app',
    access: 'user',
    handle: ({ client }) => ({
      stats: { app: { messages_sent: client.sent, messages_received: client.received, shards: client.shards } },
    }),
  },
  {
    method: 'GET',
    path: '/stats/db',
    access: 'user',
    handle: ({ client }) => ({ stats: { db: { media: client.media.size, users: client.users.list().length } } }),
  },
];
