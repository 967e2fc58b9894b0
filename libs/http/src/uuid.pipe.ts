import { type ArgumentMetadata, Injectable, ParseUUIDPipe } from '@nestjs/common';
import { Refusal } from './refusal.js';

/**
 * An id in a path, as the database writes it: PostgreSQL takes capitals for the same id, but what compares text does not.
 *
 * @throws Refusal that names the part of the path, for what is no UUID
 */
@Injectable()
export class UuidPipe extends ParseUUIDPipe {
  override async transform(value: string, metadata: ArgumentMetadata): Promise<string> {
    if (!this.isUUID(value)) {
      const problem = `${metadata.data} in the path must be an id of ours, a UUID`;
      throw Refusal.invalid(`${problem}.`, { [String(metadata.data)]: [problem] });
    }
    return value.toLowerCase();
  }
}
