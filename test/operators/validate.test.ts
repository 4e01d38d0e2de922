// The validator on the real table, and on tables that are broken in one way each.
import { expect } from 'chai';
import { chapter, constructor, control, instance, integer, string } from '../../src/operators/build.js';
import { errorCodes } from '../../src/operators/errors.js';
import { operators, type Operator } from '../../src/operators/index.js';
import { validate } from '../../src/operators/validate.js';

const codes = new Set(errorCodes().map((error) => error.code));

function table(...entries: Partial<Operator>[]): Operator[] {
  return chapter(
    { chapter: 'Test', module: 'Foundation' },
    entries.map((entry) => ({ name: 'do_it', brief: 'Do it.', description: ['Does it.'], ...entry })),
  );
}
const findings = (...entries: Partial<Operator>[]) => validate(table(...entries), codes);

describe('validate', () => {
  it('finds nothing in the table of the product', () => {
    expect(validate(operators, codes)).to.deep.equal([]);
  });

  it('accepts a sound entry', () => {
    expect(
      findings({ inputControls: [integer('Number', 'A number.', { default: 1, min: 0 })] }),
    ).to.deep.equal([]);
  });

  it('reports all findings at once, with the operator in front', () => {
    const found = findings({ name: 'a', brief: '' }, { name: 'b', seeAlso: ['c', 'b'] });
    expect(found).to.have.length(3);
    expect(found.map((text) => text[0])).to.deep.equal(['a', 'b', 'b']);
  });

  const broken: [string, Partial<Operator>, RegExp][] = [
    [
      'an unknown semantic type',
      { inputControls: [control('A', 'nonsense', ['integer'], 'A.')] },
      /semantic type/,
    ],
    ['a dangling predecessor', { predecessors: ['no_such_operator'] }, /unknown operator/],
    [
      'a default below the minimum',
      { inputControls: [integer('A', 'A.', { default: -1, min: 0 })] },
      /below/,
    ],
    [
      'a default of a wrong type',
      { inputControls: [integer('A', 'A.', { default: 'one' })] },
      /none of the types/,
    ],
    ['a fraction as integer', { inputControls: [integer('A', 'A.', { default: 0.5 })] }, /none of the types/],
    [
      'a default outside the list',
      { inputControls: [string('A', 'A.', { default: 'x', values: ['y'] })] },
      /list/,
    ],
    [
      'an empty default',
      { inputControls: [integer('A', 'A.', { default: [], emptyAllowed: false })] },
      /empty/,
    ],
    [
      'limits the wrong way round',
      { inputControls: [integer('A', 'A.', { min: 2, max: 1 })] },
      /above the maximum/,
    ],
    ['a parameter without description', { inputControls: [integer('A', ' ')] }, /description/],
    ['a parameter twice', { inputControls: [integer('A', 'A.'), integer('A', 'A.')] }, /twice/],
    ['a parameter in lower case', { inputControls: [integer('a', 'A.')] }, /documented form/],
    ['an operator in camel case', { name: 'DoIt' }, /snake case/],
    ['an unknown error code', { errors: [{ code: 1234567, when: 'never' }] }, /error code/],
    ['an unknown class', { classes: [instance('HNothing')] }, /unknown class/],
    ['an instance without input', { classes: [instance('HDict')] }, /no input of class HDict/],
    ['a result without output', { classes: [constructor('HDict')] }, /no output of class HDict/],
    [
      'a handle type without handles',
      { inputControls: [control('A', 'dict', ['string'], 'A.')] },
      /no handle/,
    ],
    ['an output that is modified', { outputControls: [integer('A', 'A.', { modified: true })] }, /modified/],
    [
      'a simple type that is not allowed',
      { inputControls: [integer('A', 'A.', { defaultType: 'string' })] },
      /simple type/,
    ],
    [
      'more parameters than the interface takes',
      { inputControls: Array.from({ length: 21 }, (_, i) => integer(`A${i}`, 'A.')) },
      /more than 20/,
    ],
  ];
  for (const [what, entry, text] of broken) {
    it(`reports ${what}`, () => expect(findings(entry).join('\n')).to.match(text));
  }

  it('reports an operator that appears twice', () => {
    expect(findings({}, {}).join('\n')).to.match(/appears twice/);
  });
});
