# What zsh makes of a line when Tab is pressed at its end: complete.zsh SCRIPT LINE. Runs an interactive zsh on a
# pseudo-terminal, as nothing else completes.
zmodload zsh/zpty
local out
zpty z zsh -f -i
zpty -w z "PS1= PS2=; autoload -Uz compinit; compinit -u -D; source $1; \
show() { print -r -- \"<<\$BUFFER>>\"; BUFFER= }; zle -N show; \
bindkey '^I' complete-word '^X' show; unsetopt beep; print rea''dy"
while zpty -r z out; do [[ $out == *ready* ]] && break; done
zpty -w -n z "$2"$'\t\x18'
while zpty -r z out; do [[ $out == *'<<'*'>>'* ]] && break; done
print -r -- "${${out#*<<}%%>>*}"
zpty -d z
