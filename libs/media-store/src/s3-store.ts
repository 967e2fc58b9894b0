import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { type ByteRange, NoSuchBytesError, type ObjectKey, type ObjectStore } from './object-store.js';

export interface S3Settings {
  bucket: string;
  region: string;
  /** Empty: Amazon's own of the region. */
  endpoint: string;
  /** Empty: what the SDK finds by itself (instance role, environment, profile). */
  accessKeyId: string;
  secretAccessKey: string;
}

const MISSING = new Set(['NoSuchKey', 'NotFound']);

/** Keeps bytes in a bucket of Amazon S3 or of anything that speaks its protocol. */
export class S3Store implements ObjectStore {
  readonly spoolFolder = join(tmpdir(), 'paloma-media');
  private connected: Promise<{ sdk: typeof import('@aws-sdk/client-s3'); client: S3Client }> | undefined;

  constructor(private readonly settings: S3Settings) {}

  async put(key: ObjectKey, file: string, size: number): Promise<void> {
    const { sdk, client } = await this.connect();
    await client.send(
      new sdk.PutObjectCommand({
        Bucket: this.settings.bucket,
        Key: nameOf(key),
        Body: createReadStream(file),
        ContentLength: size,
        // The bucket refuses bytes that changed on the way.
        ChecksumSHA256: Buffer.from(key.sha256, 'hex').toString('base64'),
      }),
    );
  }

  async open(key: ObjectKey, range?: ByteRange): Promise<Readable> {
    const { sdk, client } = await this.connect();
    try {
      const { Body } = await client.send(
        new sdk.GetObjectCommand({
          Bucket: this.settings.bucket,
          Key: nameOf(key),
          ...(range ? { Range: `bytes=${range.from}-${range.to}` } : {}),
        }),
      );
      return Body as Readable;
    } catch (cause) {
      if (MISSING.has((cause as Error).name)) throw new NoSuchBytesError(key, { cause });
      throw cause;
    }
  }

  async remove(key: ObjectKey): Promise<void> {
    const { sdk, client } = await this.connect();
    await client.send(new sdk.DeleteObjectCommand({ Bucket: this.settings.bucket, Key: nameOf(key) }));
  }

  /** The SDK is large and most installations keep a folder, so it is loaded when it is first needed. */
  private connect() {
    this.connected ??= import('@aws-sdk/client-s3').then((sdk) => {
      const { region, endpoint, accessKeyId, secretAccessKey } = this.settings;
      const client = new sdk.S3Client({
        region,
        // Bucket names in host names need DNS that other makers' servers seldom have.
        ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
        ...(accessKeyId ? { credentials: { accessKeyId, secretAccessKey } } : {}),
        // We send a checksum of our own; the SDK's default one comes as a trailer that other makers' servers refuse.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
        requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
      });
      return { sdk, client };
    });
    return this.connected;
  }
}

const nameOf = ({ tenantId, sha256 }: ObjectKey): string => `media/${tenantId}/${sha256}`;
