// The command line as users run it: a process, its output and its exit code.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { Random } from '../../src/onnx/random.js';
import { CLASS_NAMES, SIZE, toyImage, toyNetwork } from '../procedures/toy.js';

interface Run {
  code: number | null;
  out: string;
  err: string;
}

function alcedo(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import=tsx', 'src/cli/main.ts', ...args], {
      env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

describe('alcedo', function () {
  this.timeout(120000);
  let folder: string;
  let model: string;
  let data: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'alcedo-cli-'));
    model = join(folder, 'toy.onnx');
    data = join(folder, 'data');
    writeFileSync(model, toyNetwork());
    const random = new Random(3);
    for (const [label, name] of CLASS_NAMES.entries()) {
      mkdirSync(join(data, name), { recursive: true });
      for (let i = 0; i < 40; i++) {
        const raw = { width: SIZE, height: SIZE, channels: 1 as const };
        await sharp(toyImage(label, random), { raw })
          .png()
          .toFile(join(data, name, `${i}.png`));
      }
    }
  });

  after(() => rmSync(folder, { recursive: true }));

  it('--help shows commands and examples', async () => {
    const { code, out } = await alcedo('--help');
    expect(code).to.equal(0);
    for (const word of ['info', 'eval', 'train', 'sensitivity', 'compare-criteria', 'Examples', 'Exit codes'])
      expect(out).to.contain(word);
    const version = await alcedo('--version');
    expect(version.out.trim()).to.match(/^\d+\.\d+\.\d+$/);
  });

  it('wrong usage ends with 2', async () => {
    const wrong = [
      ['fly'],
      ['info'],
      ['info', model, '--colour'],
      ['prune', model, '--data', data, '--out', 'x.onnx', '--percentage', '101'],
      ['prune', model, '--data', data, '--out', 'x.onnx', '--percentage', 'ten'],
      ['prune', model, '--data', data, '--out', 'x.onnx', '--target', 'macs'],
      ['train', model, '--data', data, '--out', 'x.png'],
      ['train', model, '--data', data, '--out', 'x.onnx', '--schedule', 'magic'],
    ];
    for (const { code, err, out } of await Promise.all(wrong.map((args) => alcedo(...args)))) {
      expect(code, err).to.equal(2);
      expect(err).to.not.equal('');
      expect(out).to.equal('');
    }
  });

  it('an error ends with 1 and one line that says what is wrong', async () => {
    const missing = await alcedo('info', join(folder, 'nowhere.onnx'));
    expect(missing.code).to.equal(1);
    expect(missing.err.trim().split('\n').length).to.equal(1);
    expect(missing.err).to.contain('nowhere.onnx');
    const noData = await alcedo('eval', model, '--data', join(folder, 'nothing'));
    expect(noData.code).to.equal(1);
    expect(noData.err).to.contain('a folder with images is wanted');
  });

  it('info lists layers and what can be pruned', async () => {
    const { code, out } = await alcedo('info', model);
    expect(code).to.equal(0);
    expect(out).to.contain('stage1.block1.conv1').and.to.contain('prunable convolutions');
    const json = JSON.parse((await alcedo('info', model, '--json')).out) as {
      macs: number;
      classes: number;
      layers: { type: string; prunable?: boolean }[];
    };
    expect(json.macs).to.be.greaterThan(0);
    expect(json.classes).to.equal(3);
    expect(json.layers.filter((layer) => layer.type === 'Conv').every((layer) => layer.prunable)).to.equal(
      true,
    );
  });

  it('trains, evaluates, prunes and applies', async () => {
    const trained = join(folder, 'trained.onnx');
    const pruned = join(folder, 'pruned.onnx');
    const common = ['--data', data, '--range', '-1,1', '--batch-size', '12'];
    const train = await alcedo('train', model, ...common, '--epochs', '6', '--out', trained, '--json');
    expect(train.code, train.err).to.equal(0);
    const { accuracy } = JSON.parse(train.out) as { accuracy: number };
    expect(accuracy).to.be.greaterThan(0.7);

    const evaluation = await alcedo('eval', trained, '--data', data, '--json');
    expect(evaluation.code, evaluation.err).to.equal(0);
    expect((JSON.parse(evaluation.out) as { accuracy: number }).accuracy).to.equal(accuracy);

    const state = join(folder, 'state');
    const prune = [
      'prune',
      trained,
      ...common,
      '--percentage',
      '40',
      '--rounds',
      '2',
      '--score-samples',
      '48',
      '--state',
      state,
    ];
    const result = await alcedo(...prune, '--out', pruned, '--json');
    expect(result.code, result.err).to.equal(0);
    const { before, after, rounds } = JSON.parse(result.out) as {
      before: { params: number; bytes: number };
      after: { params: number; bytes: number };
      rounds: unknown[];
    };
    expect(rounds.length).to.equal(2);
    expect(after.params).to.be.lessThan(before.params * 0.8);
    expect(after.bytes).to.be.lessThan(before.bytes);
    expect(existsSync(join(state, 'round-2.onnx'))).to.equal(true);

    const apply = await alcedo(
      'apply',
      pruned,
      join(data, 'square', '0.png'),
      join(data, 'vertical', '0.png'),
      '--top',
      '3',
      '--json',
    );
    expect(apply.code, apply.err).to.equal(0);
    const predictions = JSON.parse(apply.out) as { classes: { name: string; confidence: number }[] }[];
    expect(predictions.length).to.equal(2);
    expect(predictions[0]!.classes.map((one) => one.name).sort()).to.deep.equal(CLASS_NAMES);
    expect(predictions[0]!.classes.reduce((sum, one) => sum + one.confidence, 0)).to.be.closeTo(1, 1e-6);
  });

  it('compare-criteria prints the table and writes JSON', async () => {
    const file = join(folder, 'criteria.json');
    const args = ['compare-criteria', model, '--data', data, '--range', '-1,1', '--samples', '24'];
    const shown = await alcedo(...args, '--per-layer', '--json', file);
    expect(shown.code, shown.err).to.equal(0);
    for (const word of ['oracle_abs', 'taylor', 'bn_scale', 'stage1.block1.conv1 (8)'])
      expect(shown.out).to.contain(word);
    const report = JSON.parse(readFileSync(file, 'utf8')) as {
      samples: number;
      criteria: { criterion: string; all_layers_l2: { spearman: number; kendall: number } }[];
    };
    expect(report.samples).to.equal(24);
    expect(report.criteria.length).to.equal(14);
    for (const { all_layers_l2 } of report.criteria) {
      expect(Math.abs(all_layers_l2.spearman)).to.be.at.most(1);
      expect(Math.abs(all_layers_l2.kendall)).to.be.at.most(1);
    }
    const wrong = await alcedo(...args, '--criteria', 'magic');
    expect(wrong.code).to.equal(2);
    expect(wrong.err).to.contain('magic').and.to.contain('taylor');
  });

  it('sensitivity has a row per layer and nine shares', async () => {
    const args = ['sensitivity', model, '--data', data, '--range', '-1,1', '--samples', '12'];
    const shown = await alcedo(...args, '--score-samples', '12');
    expect(shown.code, shown.err).to.equal(0);
    expect(shown.out).to.contain('90 %').and.to.contain('stem + stage1.block1.conv2');
    const json = JSON.parse((await alcedo(...args, '--criterion', 'weight_l1', '--json')).out) as {
      criterion: string;
      layers: { kernels: number; points: { percentage: number; kernels_removed: number; loss: number }[] }[];
    };
    expect(json.criterion).to.equal('weight_l1');
    for (const { kernels, points } of json.layers) {
      expect(points.map((point) => point.percentage)).to.deep.equal([10, 20, 30, 40, 50, 60, 70, 80, 90]);
      expect(points.every((point) => point.kernels_removed < kernels && point.loss > 0)).to.equal(true);
    }
  });

  it('a failed write leaves the file that was there', async () => {
    const target = join(folder, 'kept.onnx');
    writeFileSync(target, 'precious');
    const { code } = await alcedo('prune', model, '--data', data, '--criterion', 'magic', '--out', target);
    expect(code).to.equal(1);
    expect(readFileSync(target, 'utf8')).to.equal('precious');
    const nowhere = await alcedo(
      'train',
      model,
      '--data',
      data,
      '--epochs',
      '1',
      '--out',
      '/proc/model.onnx',
    );
    expect(nowhere.code).to.equal(1);
  });

  it('Ctrl-C ends with 130', async () => {
    const child = spawn(
      process.execPath,
      [
        '--import=tsx',
        'src/cli/main.ts',
        'train',
        model,
        '--data',
        data,
        '--epochs',
        '100000',
        '--out',
        join(folder, 'endless.onnx'),
      ],
      { env: { ...process.env, NODE_OPTIONS: '' } },
    );
    let err = '';
    const code = await new Promise((resolve) => {
      child.stderr.on('data', (text: Buffer) => {
        if (!err.includes('epoch 2/') && (err + text.toString()).includes('epoch 2/')) child.kill('SIGINT');
        err += text.toString();
      });
      child.on('close', resolve);
    });
    expect(code).to.equal(130);
    expect(err).to.contain('interrupted');
    expect(existsSync(join(folder, 'endless.onnx'))).to.equal(true);
  });
});
