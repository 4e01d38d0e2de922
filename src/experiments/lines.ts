// Rendered text lines, upright or turned by 180 degrees: the task of PaddleOCR's text-direction network. Words and
// numbers in the fonts of Debian's fonts-dejavu-core, cut out closely as a text detector does, of random colour and
// contrast, with blur and noise.
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
const WORDS =
  'about after again air all along also animal another answer around ask away back before began below between book both boy ' +
  'build came change city close country cover cross deep different door draw early earth enough every example eye father ' +
  'figure field find first follow food form friend garden girl give good great group grow hand hard head hear help here ' +
  'high home house idea important keep kind know land large last learn leave letter light line list little live long made ' +
  'market might morning mother mountain move much name near never new night north number often order other own page paper ' +
  'part people picture place plant point question quick ready river road school sentence side small sound south spell ' +
  'stand start station state still story street table think three through together tree under until watch water where ' +
  'white while window winter wonder word work world write year young';
const GREY = 128;

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
  const list = WORDS.split(' ');
  const word = (): string => {
    if (random.uniform() < 0.15) return String(1000 + random.integer(900000));
    const text = list[random.integer(list.length)]!;
    const style = random.uniform();
    if (style < 0.2) return text.toUpperCase();
    return style < 0.6 ? text : text[0]!.toUpperCase() + text.slice(1);
  };
  return Array.from({ length: 1 + random.integer(3) }, word).join(' ');
}

async function line(random: Random, turned: boolean): Promise<RawImage> {
  const face = FACES[random.integer(FACES.length)]!;
  const { data, info } = await sharp({
    text: { text: words(random), font: FAMILIES[face], fontfile: join(FONTS, `${face}.ttf`), dpi: 150 },
  })
    .resize(LINE_WIDTH - 4 - random.integer(12), LINE_HEIGHT - 4 - random.integer(8), { fit: 'inside' })
    .blur(0.3 + random.uniform() * 0.4)
    .extractChannel('red')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const plane = LINE_WIDTH * LINE_HEIGHT;
  const out = new Uint8Array(3 * plane).fill(GREY);
  // As the network was trained: the line fills the height, what is right of it is grey.
  const width = Math.min(info.width + 2 + random.integer(6), LINE_WIDTH);
  const left = random.integer(width - info.width + 1);
  const top = random.integer(LINE_HEIGHT - info.height + 1);
  const noise = random.uniform() * 15;
  const paper = 150 + random.integer(90);
  const contrast = 80 + random.integer(paper - 80);
  const colours = [0, 1, 2].map(() => {
    const tint = random.integer(31) - 15;
    return { paper: paper + tint, ink: paper + tint - contrast };
  });
  const dark = random.uniform() < 0.3;
  for (let y = 0; y < LINE_HEIGHT; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x >= left && x < left + info.width && y >= top && y < top + info.height;
      const ink = inside ? data[((y - top) * info.width + x - left) * info.channels]! / 255 : 0;
      const at = turned ? (LINE_HEIGHT - 1 - y) * LINE_WIDTH + width - 1 - x : y * LINE_WIDTH + x;
      const grain = random.normal() * noise;
      colours.forEach((colour, c) => {
        const [from, to] = dark ? [colour.ink, colour.paper] : [colour.paper, colour.ink];
        out[c * plane + at] = Math.min(Math.max(Math.round(from + (to - from) * ink + grain), 0), 255);
      });
    }
  }
  return { data: out, width: LINE_WIDTH, height: LINE_HEIGHT, channels: 3 };
}
