#!/bin/sh
# Makes the pictures and the recording of this folder: the program runs in xterm under Xvfb, driven through tmux.
# demo.cast is for `asciinema play`.
# Usage: screenshots/make.sh [path of data-connector]
# Needs: xvfb xterm tmux imagemagick fonts-dejavu-core curl perl, and a home folder that nobody has: /home/jan
set -eu
cd "$(dirname "$0")"
here=$(pwd)
program=$(realpath "${1:-../.build/release/data-connector}")
# Paths as a user has them.
work=/home/jan
mkdir "$work"
display=:83
socket="tmux -L screenshots-$$"
export DISPLAY=$display LC_ALL=C.UTF-8 LANG=C.UTF-8
unset NO_COLOR COLORTERM || true

Xvfb $display -screen 0 1400x900x24 >/dev/null 2>&1 & server=$!
trap '$socket kill-server 2>/dev/null || true; kill $server 2>/dev/null || true; rm -rf "$work"' EXIT

mkdir -p "$work/samples/archive"
"$program" sample --rows 20000 --bad 8 --seed 1 > "$work/samples/customers.csv"
"$program" sample --rows 200 --bad 40 --seed 2 > "$work/samples/messy.csv"
"$program" sample --rows 400000 --bad 5 --seed 3 > "$work/samples/newsletter-2026-11.csv"

# Waits until the screen shows a text; a picture never depends on the machine's speed.
await() {
    tries=0
    until $socket capture-pane -p -t screen | grep -q -- "$1"; do
        tries=$((tries + 1))
        if [ $tries -gt 600 ]; then
            echo "never saw: $1" >&2
            $socket capture-pane -p -t screen >&2
            exit 1
        fi
        sleep 0.1
    done
}
press() { for key in "$@"; do $socket send-keys -t screen "$key"; sleep 0.15; done; }
# The last keys are drawn, then xterm has painted them.
picture() { sleep 0.4; import -window root -crop 1004x574+0+0 +repage +dither -colors 128 "PNG8:$1.png"; echo "$1.png"; }

# What a client of the listener sends: some records, one of them of no age that exists, and a file.
submit() {
    address=$($socket capture-pane -p -t screen | grep -o 'http://127[0-9.:]*')
    for age in 25 31 200 44 67; do
        curl -s -o /dev/null -H 'Content-Type: application/json' "$address/send_record" \
            -d "{\"name\": \"Jane Doe\", \"age\": $age, \"cookie\": \"cookie-$age\", \"banner_id\": 7}"
    done
    curl -s -o /dev/null -F "file=@$work/samples/messy.csv" "$address/send_record/bulk"
}

# $1: background, $2: foreground, $3: theme
open() {
    $socket -f /dev/null new-session -d -s screen -x 100 -y 30 \
        "cd '$work/samples' && HOME='$work' TERM=xterm-256color COLORTERM=truecolor exec '$program' --sandbox --listen 0 --rate 9000 --theme $3"
    $socket set -g status off
    $socket set -as terminal-features ",*:RGB"
    # Lines that xterm draws itself leave no gaps between the rows.
    xterm -tn xterm-256color -u8 -fa 'DejaVu Sans Mono:pixelsize=16' -xrm 'XTerm*forceBoxChars: true' \
        -bg "$1" -fg "$2" -geometry 100x30+0+0 +sb -e $socket attach -t screen & window=$!
    await 'Ages and pace'
    # A recording begins with a whole frame.
    [ -z "${cast:-}" ] || { $socket pipe-pane -t screen "exec perl '$here/record.pl' '$cast' 100 30"; press C-l; }
}
# Ends the program: the second key is for one that asks about its runs, and another one is gone by then.
leave() { for key in C-c C-c; do $socket send-keys -t screen "$key" 2>/dev/null || break; sleep 0.15; done; }
close() {
    $socket kill-server 2>/dev/null || true
    wait $window 2>/dev/null || true
    sleep 0.5
}

cast=$here/demo.cast
open '#14161b' '#d6dae3' dark
await 'whole file'
picture send
press s; await 'Send this file'
picture confirm
press y; await 'DONE'; sleep 1
press 1 j j; await 'newsletter'; await 'whole file'
press s; await 'Send this file'
press y; await 'SENDING'
# All is well but for an error now and then, so that there is something to see.
press b 0 Down Right Escape; await '[4-6][0-9]%'
picture run
press b Space; await 'down'; sleep 3
picture sandbox
press Space Escape; await 'SENDING'
press 3; await 'LINE'
press f j j; await 'REASON'; picture facets
press Escape; picture failures
press c; await 'Bulk fix'; press BTab BTab Left Left Tab Tab _ Tab Space; await 'changed'; picture fix
press Escape 2 o; await 'POST http'; picture inspector
press Escape 3; await 'LINE'
press e; await 'Edit and resend'
picture edit
press Escape 4; await 'STARTED'
picture history
press 5; await 'Latest submissions'
submit
await '/send_record/bulk'
picture listener
press 6; await 'following'
picture log
press : r e t; await 'Command'
picture palette
press Escape '?'; await 'Help'
picture help
press Escape; leave
close

cast=
open '#fdfdfe' '#1d2330' light
press Escape 1; await 'whole file'; sleep 2.5
picture light
leave
close
