# syntax=docker/dockerfile:1

# The bundle needs the whole tool chain; the image needs the bundle and Node.js.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts/bundle.ts scripts/bundle.ts
COPY src src
RUN npm run bundle

# Distroless: no shell, no package manager, CA certificates included.
FROM gcr.io/distroless/nodejs24-debian12:nonroot
WORKDIR /app
COPY --from=build /build/dist/bundle ./
COPY LICENSE ./
# The uid of "nonroot", as a number, so that runAsNonRoot can be verified.
USER 65532:65532
EXPOSE 10250
# Young garbage is collected in small steps: three buffers of 2 MiB instead of 16.
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=2", "/app/main.mjs"]
CMD ["run"]
