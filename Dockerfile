# Build with everything, run with what is needed: no compiler, no package manager's cache, no root.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
    PORTOLAN_HOST=0.0.0.0 \
    PORTOLAN_PORT=7878 \
    PORTOLAN_DATA_DIR=/var/lib/portolan
WORKDIR /app
RUN mkdir -p /var/lib/portolan && chown node:node /var/lib/portolan
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/prisma ./prisma
COPY --from=build /app/demo ./demo
USER node
VOLUME /var/lib/portolan
EXPOSE 7878
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=5 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORTOLAN_PORT + '/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=64", "dist/portolan.js"]
