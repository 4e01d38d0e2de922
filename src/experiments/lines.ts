// Rendered text lines, upright or turned by 180 degrees: the task of PaddleOCR's text-direction network. Random
// words in the fonts of Debian's fonts-dejavu-core, of random size, colour and contrast, with blur and noise.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { Random } from '../onnx/random.js';
import type { DLDataset, RawImage } from '../procedures/dataset.js';

const FONTS = '/usr/share/fonts/truetype/dejavu';
const FACES = ['DejaVuSans', 'DejaVuSans-Bold', 'DejaVuSerif', 'DejaVuSerif-Bold', 'DejaVuSansMono'] as const;
const FAMILIES: Record<(typeof FACES)[number], string> = {
  DejaVuSans: 'DejaVu Sans',
  'DejaVuSans-Bold': 'DejaVu Sans Bold',
  DejaVuSerif: 'DejaVu Serif',
  'DejaVuSerif-Bold': 'DejaVu Serif Bold',
  DejaVuSansMono: 'DejaVu Sans Mono',
};
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export const LINE_WIDTH = 192;
export const LINE_HEIGHT = 48;

/** Why lines cannot be rendered here, or undefined. */
export function missingFonts(): string | undefined {
  const missing = FACES.filter((face) => !existsSync(join(FONTS, `${face}.ttf`)));
  return missing.length === 0
    ? undefined
    : `the fonts ${missing.join(', ')} are missing: apt-get install fonts-dejavu-core`;
}

export async function renderLines(num: number, seed: number): Promise<DLDataset> {
  const random = new Random(seed);
  const samples = [];
  for (let i = 0; i < num; i++) {
    const turned = random.uniform() < 0.5;
    samples.push({ image_id: i + 1, image_label_id: turned ? 1 : 0, image: await line(random, turned) });
  }
  return { image_dir: '', class_names: ['0', '180'], class_ids: [0, 1], samples };
}

function words(random: Random): string {
  const word = (): string =>
    Array.from({ length: 3 + random.integer(6) }, () => LETTERS[random.integer(LETTERS.length)]!).join('');
  return Array.from({ length: 1 + random.integer(2) }, word).join(' ');
}

async function line(random: Random, turned: boolean): Promise<RawImage> {
  const face = FACES[random.integer(FACES.length)]!;
  const { data, info } = await sharp({
    text: { text: words(random), font: FAMILIES[face], fontfile: join(FONTS, `${face}.ttf`), dpi: 150 },
  })
    .resize(LINE_WIDTH - 8 - random.integer(60), LINE_HEIGHT - 2 - random.integer(12), { fit: 'inside' })
    .blur(0.3 + random.uniform() * 0.6)
    .extractChannel('red')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const plane = LINE_WIDTH * LINE_HEIGHT;
  const out = new Uint8Array(3 * plane);
  const left = random.integer(LINE_WIDTH - info.width + 1);
  const top = random.integer(LINE_HEIGHT - info.height + 1);
  const noise = random.uniform() * 25;
  const paper = 150 + random.integer(90);
  const contrast = 80 + random.integer(paper - 80);
  const colours = [0, 1, 2].map(() => {
    const tint = random.integer(31) - 15;
    return { paper: paper + tint, ink: paper + tint - contrast };
  });
  const dark = random.uniform() < 0.3;
  for (let y = 0; y < LINE_HEIGHT; y++) {
    for (let x = 0; x < LINE_WIDTH; x++) {
      const inside = x >= left && x < left + info.width && y >= top && y < top + info.height;
      const ink = inside ? data[((y - top) * info.width + x - left) * info.channels]! / 255 : 0;
      const at = turned ? plane - 1 - (y * LINE_WIDTH + x) : y * LINE_WIDTH + x;
      const grain = random.normal() * noise;
      colours.forEach((colour, c) => {
        const [from, to] = dark ? [colour.ink, colour.paper] : [colour.paper, colour.ink];
        out[c * plane + at] = Math.min(Math.max(Math.round(from + (to - from) * ink + grain), 0), 255);
      });
    }
  }
  return { data: out, width: LINE_WIDTH, height: LINE_HEIGHT, channels: 3 };
}
