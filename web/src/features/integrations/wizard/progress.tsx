import { Stepper } from '@mantine/core'
import { texts } from './texts.ts'

export type Step = keyof typeof texts.steps
const steps = Object.keys(texts.steps) as Step[]

/** Where one is; what lies behind can be gone back to. */
export function Progress({ step, onStep }: { step: Step, onStep?: (step: Step) => void }) {
  const at = steps.indexOf(step)
  return (
    <Stepper active={at} size="xs" iconSize={26} aria-label={texts.progress} onStepClick={(next) => { onStep?.(steps[next]!) }} className="app-stepper">
      {steps.map((each, index) => <Stepper.Step key={each} label={texts.steps[each]} allowStepSelect={onStep !== undefined && index < at && step !== 'done'} {...index === at && { 'aria-current': 'step' as const }} />)}
    </Stepper>
  )
}
