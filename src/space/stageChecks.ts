import type { SourcePlace } from '../base/errors.ts';
import type { CheckedStage } from './definition.ts';
import type { Issue } from './issues.ts';

/**
 * What makes a stage meaningless whatever its shape.
 *
 * @param path the stage's field, such as `stages[1]`
 */
export function checkStage(stage: CheckedStage, path: string, place: SourcePlace | undefined): Issue[] {
  const { candidates, depth } = stage;
  const names = candidates.map(operator => operator.name);
  const ownShortcuts = candidates.some(operator => operator.options.ownShortcut);
  const skip = candidates.find(operator => operator.kind !== 'layers');
  const issues = candidates.flatMap((operator, index) => {
    const at = { path: `${path}.candidates[${index}]`, place: operator.place ?? place };
    const { out, stride } = operator.options;
    const found: Issue[] = [];
    if (names.indexOf(operator.name) < index) {
      found.push({
        ...at,
        message: `The candidate "${operator.name}" is listed twice.`,
        fix: 'Remove one, or name it differently.',
      });
    }
    if (out !== undefined || stride !== undefined) {
      found.push({
        ...at,
        message: `The candidate "${operator.name}" has an out or a stride of its own.`,
        fix: "Remove it: in a stage the stage's width and stride hold.",
      });
    }
    if (operator.kind === 'zero' && ownShortcuts) {
      found.push({
        ...at,
        message: 'zero() beside operators that carry their own shortcut would cut the network.',
        fix: 'Use identity() to let a block vanish.',
      });
    }
    return found;
  });
  if (candidates.every(operator => operator.kind !== 'layers')) {
    issues.push({
      path: `${path}.candidates`,
      place,
      message: 'This stage has no operator that computes anything.',
      fix: 'Add one, such as mbconv({ kernel: 3, expand: 6 }).',
    });
  }
  if (skip && typeof depth !== 'number') {
    issues.push({
      path: `${path}.depth`,
      place,
      message: `With ${skip.name}() every block may vanish, so a least depth has no meaning.`,
      fix: `Give depth as one number, or remove ${skip.name}().`,
    });
  }
  if (names.includes('zero') && names.includes('identity')) {
    issues.push({
      path: `${path}.candidates`,
      place,
      message: 'zero() and identity() are the same choice here.',
      fix: 'Remove one of them.',
    });
  }
  return issues;
}
