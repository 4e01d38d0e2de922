// What the experiments write: plots, tables, the text between markers, and the goals' verdicts.
import { expect } from 'chai';
import { markdownTable, replaceBetweenMarkers } from '../../src/experiments/markdown.js';
import { chosenParts, UsageProblem } from '../../src/experiments/parts.js';
import { goals, resultsPage } from '../../src/experiments/results_page.js';
import { OCR } from '../../src/experiments/results_ocr.js';
import { FASHION, type FashionLevel } from '../../src/experiments/results_fashion.js';
import { verdict } from '../../src/experiments/criteria_page.js';
import { linePlot, ticks } from '../../src/experiments/svg.js';
import type { CriteriaReport } from '../../src/procedures/index.js';

describe('what the experiments write', () => {
  it('a plot has a line per series, inside the axes', () => {
    const svg = linePlot({
      title: 'a < b',
      x: 'x',
      y: 'y',
      yRange: [0, 100],
      series: [
        {
          name: 'one',
          points: [
            [0, 0],
            [10, 100],
          ],
        },
        {
          name: 'two & three',
          points: [
            [0, 200],
            [10, 50],
          ],
          dashed: true,
        },
      ],
    });
    const lines = [...svg.matchAll(/<polyline points="([^"]+)"/g)].map((match) => match[1]!);
    expect(lines.length).to.equal(2);
    const points = lines.map((line) => line.split(' ').map((point) => point.split(',').map(Number)));
    const [[lowLeft, highRight], [clamped]] = points as [number[][], number[][]];
    expect(lowLeft![0]).to.be.lessThan(highRight![0]!);
    expect(lowLeft![1]).to.be.greaterThan(highRight![1]!);
    expect(clamped![1]).to.equal(highRight![1]);
    expect(svg).to.contain('a &lt; b').and.to.contain('two &amp; three').and.to.contain('stroke-dasharray');
    expect(() => linePlot({ title: 't', x: '', y: '', series: [] })).to.throw('no points');
    expect(() =>
      linePlot({ title: 't', x: '', y: '', series: [{ name: 'n', points: [[0, NaN]] }] }),
    ).to.throw('not finite');
  });

  it('ticks are round and inside', () => {
    expect(ticks(0, 100)).to.deep.equal([0, 20, 40, 60, 80, 100]);
    expect(ticks(0.1, 0.72)).to.deep.equal([0.2, 0.4, 0.6]);
    expect(ticks(-3, 3)).to.deep.equal([-3, -2, -1, 0, 1, 2, 3]);
  });

  it('only the text between the markers changes', () => {
    const page = 'top\n<!-- a: made -->\nold\n<!-- end of a -->\nrest\n<!-- b: made -->\n<!-- end of b -->\n';
    const changed = replaceBetweenMarkers(page, 'a', 'new');
    expect(changed).to.equal(page.replace('old\n', '\nnew\n\n'));
    expect(replaceBetweenMarkers(changed, 'a', 'new')).to.equal(changed);
    expect(() => replaceBetweenMarkers(page, 'c', 'x')).to.throw("'c'");
    expect(markdownTable(['x', 'y'], [['1', '2']])).to.equal('| x | y |\n| --- | --: |\n| 1 | 2 |');
  });

  it('--only chooses parts', () => {
    expect(chosenParts(['a', 'b', 'c'], [])).to.deep.equal(['a', 'b', 'c']);
    expect(chosenParts(['a', 'b', 'c'], ['--only', 'c,a'])).to.deep.equal(['a', 'c']);
    for (const wrong of [['--only'], ['--only', 'd'], ['a'], ['--fast', 'a']])
      expect(() => chosenParts(['a', 'b'], wrong), wrong.join(' ')).to.throw(UsageProblem);
  });

  it('goals say where they are missed', () => {
    const costs = (macs: number, ms: number) => ({ params: 1, macs, bytes: 1, ms, ms_ort: ms });
    const level = (ratio: number, ours: number, l1: number, ms: number): FashionLevel => ({
      ratio,
      costs: costs(100 / ratio, ms),
      accuracy: { taylor: [ours], weight_l1: [l1], unpruned: [0.9], scratch: [0.8] },
      cut: {},
    });
    const base = { ...costs(100, 1), accuracy: 0.9 };
    const good = goals(base, [level(2, 0.898, 0.89, 0.6), level(4, 0.891, 0.88, 0.3)]);
    expect(good).to.not.contain('missed').and.not.contain('**not**');
    const bad = goals(base, [level(2, 0.89, 0.895, 0.9), level(4, 0.88, 0.8, 0.3)]);
    expect(bad.match(/\*\*missed\*\*/g)!.length).to.equal(3);
    expect(bad).to.contain('`weight_l1` at 2× (+0.50)');
    const page = resultsPage({
      machine: { cpu: 'test', cores: 1, node: '20' },
      resnet: {
        network: 'resnet',
        settings: { ...FASHION, baseImages: 1234567, distill: 0.25 },
        base,
        levels: [level(2, 0.89, 0.895, 0.9)],
        seconds: 1,
      },
      ocr: {
        testLines: 7,
        settings: { ...OCR, tuneLines: 4321 },
        as_it_came: 0.8701,
        levels: [{ ratio: 1, cut: null, accuracy: 0.9902, costs: costs(100, 1) }],
        unpruned_retrained: 0.9903,
        seconds: 1,
      },
    });
    expect(page).to.contain('89.00');
    for (const text of ['right on 87.01 %', '4,321 rendered lines', '99.02', 'the smallest: 99.03 %'])
      expect(page).to.contain(text);
    const skipped = { skipped: 'no network', testLines: 0, settings: OCR, as_it_came: null, levels: [] };
    expect(
      resultsPage({
        machine: { cpu: 'test', cores: 1, node: '20' },
        ocr: { ...skipped, unpruned_retrained: null, seconds: 0 },
      }),
    ).to.contain('Skipped: no network');
    // The page tells the settings of its figures, not today's.
    expect(page).to.contain('1,234,567 images').and.to.contain('75 % of the loss');
  });

  it('the verdict names what ranks better than Taylor', () => {
    const report = (taylor: number, other: number): CriteriaReport =>
      ({
        criteria: [
          { criterion: 'oracle_abs', all_layers_l2: { spearman: 1 } },
          { criterion: 'taylor', all_layers_l2: { spearman: taylor } },
          { criterion: 'obd', all_layers_l2: { spearman: other } },
        ],
      }) as unknown as CriteriaReport;
    expect(verdict([report(0.9, 0.5)])).to.contain('`taylor` correlates best');
    expect(verdict([report(0.5, 0.9)])).to.match(/^Not `taylor`.*`obd` \(0\.90\)/);
  });
});
