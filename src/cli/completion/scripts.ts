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
  candidates=(\${(f)"$(interchange __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)"})
  compadd -a candidates || _files
}
compdef _interchange interchange
`,
  fish: `complete -c interchange -a '(interchange __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
}
