import type { V1Route } from './v1-route.js';

/** `2021-09-14 15:29:26+00:00` */
const written = (at: number) =>
  new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z/, '+00:00');

export const USER_ROUTES: readonly V1Route[] = [
  {
    method: 'POST',
    path: '/users/login',
    access: 'none',
    handle: ({ client, authorization, body }) => {
      const { token, expiresAt } = client.users.login(authorization, body.new_password);
      return { users: [{ token, expires_after: written(expiresAt) }] };
    },
  },
  {
    method: 'POST',
    path: '/users/logout',
    access: 'user',
    handle: ({ client, authorization }) => {
      client.users.logout(authorization);
      return {};
    },
  },
  {
    method: 'POST',
    path: '/users',
    access: 'admin',
    handle: ({ client, body, status }) => {
      client.users.add(body.username, body.password);
      status(201);
      return { users: [{ username: body.username }] };
    },
  },
  { method: 'GET', path: '/users', access: 'admin', handle: ({ client }) => ({ users: client.users.list() }) },
  {
    method: 'GET',
    path: '/users/:name',
    access: 'admin',
    handle: ({ client, params }) => ({ users: [client.users.view(params.name!)] }),
  },
  {
    method: 'PUT',
    path: '/users/:name',
    access: 'admin',
    handle: ({ client, params, body }) => {
      client.users.setPassword(params.name!, body.password);
      return { users: [{ username: params.name }] };
    },
  },
  {
    method: 'DELETE',
    path: '/users/:name',
    access: 'admin',
    handle: ({ client, params }) => {
      client.users.remove(params.name!);
      return {};
    },
  },
];
