# One image for every process; the command picks which one:
#   docker run paloma dist/apps/gateway/src/main.js
#   docker run paloma dist/apps/gateway/src/worker.js
FROM node:20-bookworm-slim AS build
WORKDIR /paloma
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /paloma
COPY --from=build --chown=root:root /paloma/package.json ./
COPY --from=build --chown=root:root /paloma/node_modules ./node_modules
COPY --from=build --chown=root:root /paloma/dist ./dist
# Where a volume with tenants' files is mounted; a new volume takes its owner from here.
RUN mkdir /media && chown node /media
USER node
EXPOSE 8080
# Workers listen too: health and metrics are their API.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["node", "dist/tools/healthcheck.js"]
ENTRYPOINT ["node"]
CMD ["dist/apps/gateway/src/main.js"]
