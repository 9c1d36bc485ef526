/** Shell completion. */
import { Argument, type Command } from 'commander'
import { complete, optionValue, type Names } from '../completion/complete.ts'
import { namesFrom, noNames } from '../completion/names.ts'
import { scripts, shells } from '../completion/scripts.ts'
import { forBash, splitLine } from '../completion/words.ts'
import { clientFor } from '../connection.ts'
import type { Surroundings } from '../surroundings.ts'

/** Whoever presses a key waits for no hub longer than this, in ms. */
const PATIENCE = '1000'

export function addCompletion(program: Command, surroundings: Surroundings): void {
  const { stdout, env } = surroundings
  program.command('completion')
    .description('print a script that makes a shell complete commands, and names from the hub')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText('after', `
To have it in every shell:
  bash   echo 'source <(interchange completion bash)' >> ~/.bashrc
  zsh    echo 'source <(interchange completion zsh)' >> ~/.zshrc      after compinit
  fish   interchange completion fish > ~/.config/fish/completions/interchange.fish`)
    .action((shell: (typeof shells)[number]) => { stdout.write(scripts[shell]) })

  program.command('__complete [words...]', { hidden: true })
    .description('print what may stand for the last word, a line each')
    .option('--bash <line>', "a whole line as bash has it, up to the cursor; candidates come quoted and cut as bash wants them")
    .option('--patience <ms>', 'how long the hub is waited for', PATIENCE)
    .action(async (words: string[], { bash, patience }: { bash?: string, patience: string }) => {
      const split = bash === undefined ? { words, openQuote: undefined } : splitLine(bash)
      const typed = bash === undefined ? split.words : split.words.slice(1)
      const candidates = await complete(program, typed, namesFor(typed, env, Number(patience)))
      const shown = bash === undefined ? candidates : forBash(candidates, typed.at(-1) ?? '', split.openQuote)
      for (const candidate of shown) stdout.write(`${candidate}\n`)
    })
}

function namesFor(words: string[], env: Surroundings['env'], patienceMs: number): Names {
  try {
    const client = clientFor({ url: optionValue(words, '--url') ?? env['INTERCHANGE_URL'], key: optionValue(words, '--key') ?? env['INTERCHANGE_API_KEY'] })
    return namesFrom(client, AbortSignal.timeout(patienceMs))
  } catch {
    return noNames
  }
}
