/** What a shell sources. Each asks the command itself, so that it never is older than the commands. */

export const shells = ['bash', 'zsh', 'fish'] as const

export const scripts: Record<(typeof shells)[number], string> = {
  // Reads line by line instead of splitting: candidates have spaces, and bash 3 has no mapfile.
  bash: `_interchange() {
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    COMPREPLY+=("$candidate")
  done < <(interchange __complete --bash "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -o default -F _interchange interchange
`,
  zsh: `#compdef interchange
_interchange() {
  local -a candidates
  candidates=(\${(f)"$(interchange __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)"})
  compadd -a candidates || _files
}
compdef _interchange interchange
`,
  // What is being typed has no closing quote yet, which `string unescape` would miss. Files only where there is nothing else, as in the other shells.
  fish: `function __interchange_candidates
  set -l words (commandline -opc)
  set -l typed (string unescape -- (string trim --left --chars '"\\'' -- (commandline -ct)))
  set -l candidates (interchange __complete -- $words[2..-1] "$typed" 2>/dev/null)
  if set -q candidates[1]
    printf '%s\\n' $candidates
  else
    __fish_complete_path "$typed"
  end
end
complete -c interchange -f -a '(__interchange_candidates)'
`,
}
