// Image files of unusual kinds: which way up they are, and what is said of those that are damaged.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp, { type Sharp } from 'sharp';
import { HImage } from '../../src/index.js';
import { createDlPreprocessParam, preprocessDlDataset } from '../../src/procedures/index.js';

const [WIDTH, HEIGHT] = [8, 4];

describe('image files', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'alcedo-images-'))));
  after(() => rmSync(folder, { recursive: true }));

  /** Dark on the left, bright on the right. */
  function halves(): Sharp {
    const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % WIDTH < WIDTH / 2 ? 20 : 220));
    return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } });
  }

  async function grey(file: string, width: number, height: number): Promise<number[]> {
    const sample = { image_id: 1, image_label_id: 0, image_file_name: file };
    const dataset = { image_dir: folder, class_names: ['a'], class_ids: [0], samples: [sample] };
    const data = await preprocessDlDataset(dataset, createDlPreprocessParam(width, height, 1));
    return [...(await data.decoded(0)).data];
  }

  it('a data set has them upright, read_image as they are stored', async () => {
    const file = join(folder, 'turned.jpg');
    await halves().withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toFile(file);
    // Orientation 6: the stored left side is the upper one.
    const upright = await grey('turned.jpg', HEIGHT, WIDTH);
    expect(upright[0]).to.be.below(60);
    expect(upright[HEIGHT - 1]).to.be.below(60);
    expect(upright.at(-HEIGHT)).to.be.above(180);
    using stored = new HImage(file);
    const [width, height] = stored.GetImageSize();
    expect([width.I, height.I]).to.deep.equal([WIDTH, HEIGHT]);
  });

  it('a header that promises more pixels than there is memory is refused by name', async () => {
    const file = join(folder, 'huge.jpg');
    await halves().jpeg().toFile(file);
    const bytes = readFileSync(file);
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    bytes.writeUInt16BE(65000, frame + 5);
    bytes.writeUInt16BE(65000, frame + 7);
    writeFileSync(file, bytes);
    expect(() => new HImage(file)).to.throw(/huge\.jpg.*65000 x 65000/);
    const failure = await grey('huge.jpg', WIDTH, HEIGHT).catch((error: unknown) => (error as Error).message);
    expect(failure).to.match(/huge\.jpg: .*pixel limit/);
  });
});
