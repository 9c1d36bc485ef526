# type-in-zsh.zsh SCRIPT LINE…: types each line and a Tab into an interactive zsh that has read SCRIPT; prints what it had become
# once Enter was pressed. SCRIPT's command writes that between < and >.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= PS2= RPS1=; unset zle_bracketed_paste; setopt no_beep; autoload -Uz compinit; compinit -u -D; source ${(q)1}; print re''ady"
zpty -r shell seen '*ready*'
for line in "${@:2}"; do
  zpty -wn shell "$line"$'\t\n'
  zpty -r shell seen '*<*>*'
  print -r -- "${${seen##*<}%%>*}"
done
zpty -d shell
