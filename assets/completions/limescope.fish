# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_limescope_global_optspecs
    string join \n config= read-only ascii no-mouse dashboard theme= view= h/help V/version
end

function __fish_limescope_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_limescope_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_limescope_using_subcommand
    set -l cmd (__fish_limescope_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c limescope -n "__fish_limescope_needs_command" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_needs_command" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_needs_command" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_needs_command" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_needs_command" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_needs_command" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_needs_command" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_needs_command" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_needs_command" -f -a "status" -d 'Poll every group once and print what is known'
complete -c limescope -n "__fish_limescope_needs_command" -f -a "check" -d 'Poll every group once and exit as monitoring plugins do'
complete -c limescope -n "__fish_limescope_needs_command" -f -a "demo" -d 'Open the console on an embedded fleet, or serve that fleet'
complete -c limescope -n "__fish_limescope_needs_command" -f -a "servers" -d 'Server blocks and duplication in the configuration of agents or of limescope'
complete -c limescope -n "__fish_limescope_needs_command" -f -a "policy" -d 'Runtime policies: who signed them, what is in them, whom to trust'
complete -c limescope -n "__fish_limescope_needs_command" -f -a "identity" -d 'Who the agents are: their TPMs, keys and certificates'
complete -c limescope -n "__fish_limescope_needs_command" -f -a "tpm" -d 'The TPM of this host: an operator\'s key that cannot be copied'
complete -c limescope -n "__fish_limescope_needs_command" -f -a "print" -d 'Print something to start from'
complete -c limescope -n "__fish_limescope_using_subcommand status" -l group -d 'Only this group; may be repeated' -r
complete -c limescope -n "__fish_limescope_using_subcommand status" -l format -d 'How to print it' -r -f -a "table\t''
json\t''
csv\t''"
complete -c limescope -n "__fish_limescope_using_subcommand status" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand status" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand status" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand status" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand status" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand status" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand status" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand status" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand status" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand check" -l max-failed -d 'Failed agents that are still all right; more are critical' -r
complete -c limescope -n "__fish_limescope_using_subcommand check" -l max-stale -d 'Stale, timed-out and unknown agents that are still all right; more are a warning' -r
complete -c limescope -n "__fish_limescope_using_subcommand check" -l min-up -d 'Groups that must not be down [default: all of them]' -r
complete -c limescope -n "__fish_limescope_using_subcommand check" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand check" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand check" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand check" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand check" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand check" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand check" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand check" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand check" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l groups -d 'Groups of servers' -r
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l agents -d 'Agents over all groups together' -r
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l seed -d 'The same seed makes the same fleet' -r
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l pace -d 'How quickly verifiers answer: at once, or as slowly as a real one' -r -f -a "instant\t''
keylime\t''"
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l still -d 'No story: nothing changes after the start'
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l serve -d 'Only serve: the configuration goes to standard output; runs until SIGTERM'
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand demo" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand demo" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand demo" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -f -a "check" -d 'Check the server blocks of an agent\'s configuration or of limescope.toml'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -f -a "effective" -d 'Print which value of an agent\'s many files is in force, and where it comes from'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -f -a "pick" -d 'Draw blocks and addresses as an agent would'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -f -a "headroom" -d 'Print what can fail before the duplication is missed'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -f -a "set" -d 'Set how many blocks an agent registers with and is verified by'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -f -a "add-block" -d 'Add a block after the last'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -f -a "remove-block" -d 'Remove a block, with the comments directly above it'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -f -a "migrate" -d 'Turn registrar_ip, verifier_url and their like into a block, or back'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and not __fish_seen_subcommand_from check effective pick headroom set add-block remove-block migrate fmt" -f -a "fmt" -d 'Write addresses and lists in their usual form, and keys above the blocks they fell into'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from check" -l mode -d 'Who reads it [default: both kinds of agent]' -r -f -a "pull\t'An agent that the verifier asks'
push\t'An agent that brings its evidence'
console\t'limescope: the file is limescope.toml'"
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from check" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from check" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from check" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from check" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from check" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from check" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from check" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from check" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from effective" -l root -d 'Look below this folder instead of /' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from effective" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from effective" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from effective" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from effective" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from effective" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from effective" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from effective" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from effective" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from effective" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from effective" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -l mode -d 'Who connects [default: push where the file is right for it, else pull]' -r -f -a "pull\t'An agent that the verifier asks'
push\t'An agent that brings its evidence'
console\t'limescope: the file is limescope.toml'"
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -l draws -d 'How often to draw; above 1, how often each was drawn is counted' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -l seed -d 'The first draw\'s seed; the same seed draws the same' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -l down -d 'An address that does not answer; may be repeated' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from pick" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from headroom" -l mode -d 'Who connects [default: push where the file is right for it, else pull]' -r -f -a "pull\t'An agent that the verifier asks'
push\t'An agent that brings its evidence'
console\t'limescope: the file is limescope.toml'"
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from headroom" -l availability -d 'How likely each server is up, from 0 to 1' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from headroom" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from headroom" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from headroom" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from headroom" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from headroom" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from headroom" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from headroom" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from headroom" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from headroom" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from headroom" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -l mode -d 'Who reads the file [default: limescope where it is called limescope.toml, else both kinds of agent]' -r -f -a "pull\t'An agent that the verifier asks'
push\t'An agent that brings its evidence'
console\t'limescope: the file is limescope.toml'"
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -l duplication -d 'How many blocks an agent registers with and is verified by' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -l write -d 'Save the file; without it the change is only shown'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -l follow -d 'Where the file is a symbolic link, save the file that it leads to'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -l force -d 'Take the result although it has errors that the file does not have'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from set" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l mode -d 'Who reads the file [default: limescope where it is called limescope.toml, else both kinds of agent]' -r -f -a "pull\t'An agent that the verifier asks'
push\t'An agent that brings its evidence'
console\t'limescope: the file is limescope.toml'"
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l registrar -d 'Addresses of the block\'s registrars' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l verifier -d 'Addresses of the block\'s verifiers; a pull agent uses none' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l write -d 'Save the file; without it the change is only shown'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l follow -d 'Where the file is a symbolic link, save the file that it leads to'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l force -d 'Take the result although it has errors that the file does not have'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from add-block" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -l mode -d 'Who reads the file [default: limescope where it is called limescope.toml, else both kinds of agent]' -r -f -a "pull\t'An agent that the verifier asks'
push\t'An agent that brings its evidence'
console\t'limescope: the file is limescope.toml'"
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -l write -d 'Save the file; without it the change is only shown'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -l follow -d 'Where the file is a symbolic link, save the file that it leads to'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -l force -d 'Take the result although it has errors that the file does not have'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from remove-block" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -l mode -d 'Who reads the file [default: limescope where it is called limescope.toml, else both kinds of agent]' -r -f -a "pull\t'An agent that the verifier asks'
push\t'An agent that brings its evidence'
console\t'limescope: the file is limescope.toml'"
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -l write -d 'Save the file; without it the change is only shown'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -l follow -d 'Where the file is a symbolic link, save the file that it leads to'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -l force -d 'Take the result although it has errors that the file does not have'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -l back -d 'From one block of one registrar, and at most one verifier, to the keys: for agents before Enhancement 119. What the keys cannot say is refused'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from migrate" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -l mode -d 'Who reads the file [default: limescope where it is called limescope.toml, else both kinds of agent]' -r -f -a "pull\t'An agent that the verifier asks'
push\t'An agent that brings its evidence'
console\t'limescope: the file is limescope.toml'"
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -l write -d 'Save the file; without it the change is only shown'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -l follow -d 'Where the file is a symbolic link, save the file that it leads to'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -l force -d 'Take the result although it has errors that the file does not have'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand servers; and __fish_seen_subcommand_from fmt" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -f -a "verify" -d 'Verify who signed a policy and whether it is one; exits with 1 unless both are sure'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -f -a "inspect" -d 'Say what a policy is and what is in it, without a judgement by the exit code'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -f -a "lint" -d 'Find what is wrong or dangerous in a policy, beyond what verifiers refuse; exits with 1 on errors'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -f -a "diff" -d 'Compare two policies; exits with 1 if they differ'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -f -a "search" -d 'Find a digest or a part of a path in policies; exits with 1 if it is in none'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -f -a "convert" -d 'Make a policy for today\'s verifiers of an old allow-list or an older policy'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -f -a "explain" -d 'Explain step by step what the evidence for a digest proves; exits with 1 unless all passed'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -f -a "require" -d 'Demand a log\'s proof or a signer of some digests of a policy (digest_metadata), changing nothing else'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -f -a "sign" -d 'Sign a policy with a key in a file, or in the TPM'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and not __fish_seen_subcommand_from verify inspect lint diff search convert explain require sign trust" -f -a "trust" -d 'The keys and certificates that are trusted to sign policies'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l key -d 'A public key that is trusted (PEM), instead of the trust store; may be repeated' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l cert -d 'A certificate that is trusted (PEM), instead of the trust store; may be repeated' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l trust -d 'Another trust store, or a file with keys and certificates (PEM)' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l signature -d 'A signature in a file of its own (ECDSA, DER)' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l signed-bytes -d 'What signatures beside `signed` cover' -r -f -a "canonical\t'Its canonical JSON, as securesystemslib and TUF do'
enh77-raw\t'The base64 of its text as it stands (enhancement 77)'"
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l at -d 'Judge certificates and trust at this time [default: now]' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l evidence -d 'A folder of Sigstore bundles: the evidence for digest_metadata' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l trusted-root -d 'The keys of the Sigstore instance (trusted_root.json)' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l metadata-limit -d 'Digests with metadata that are listed' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l strict -d 'Metadata of a digest that no path has is an error'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l require-metadata -d 'Exit with 1 unless every demanded check of digest_metadata passed'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from verify" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l key -d 'A public key that is trusted (PEM), instead of the trust store; may be repeated' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l cert -d 'A certificate that is trusted (PEM), instead of the trust store; may be repeated' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l trust -d 'Another trust store, or a file with keys and certificates (PEM)' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l signature -d 'A signature in a file of its own (ECDSA, DER)' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l signed-bytes -d 'What signatures beside `signed` cover' -r -f -a "canonical\t'Its canonical JSON, as securesystemslib and TUF do'
enh77-raw\t'The base64 of its text as it stands (enhancement 77)'"
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l at -d 'Judge certificates and trust at this time [default: now]' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l evidence -d 'A folder of Sigstore bundles: the evidence for digest_metadata' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l trusted-root -d 'The keys of the Sigstore instance (trusted_root.json)' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l metadata-limit -d 'Digests with metadata that are listed' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l strict -d 'Metadata of a digest that no path has is an error'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from inspect" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from lint" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from lint" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from lint" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from lint" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from lint" -l strict -d 'Metadata of a digest that no path has is an error'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from lint" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from lint" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from lint" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from lint" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from lint" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from diff" -l limit -d 'Entries of each list that are printed; the rest is counted' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from diff" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from diff" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from diff" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from diff" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from diff" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from diff" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from diff" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from diff" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from diff" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from search" -l limit -d 'Matches of each policy that are listed' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from search" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from search" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from search" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from search" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from search" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from search" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from search" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from search" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from search" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from search" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -s o -l output -d 'Where the policy goes; `-` is standard output' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -l key -d 'A public key that is trusted (PEM), instead of the trust store; may be repeated' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -l cert -d 'A certificate that is trusted (PEM), instead of the trust store; may be repeated' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -l trust -d 'Another trust store, or a file with keys and certificates (PEM)' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -l force -d 'Write a policy that still has errors, and replace a file that is there'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from convert" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -l evidence -d 'A folder of Sigstore bundles' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -l trusted-root -d 'The keys of the Sigstore instance (trusted_root.json)' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -l at -d 'Judge at this time [default: now]' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from explain" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l digest -d 'A digest of the policy, with or without `sha256:` before it; may be repeated' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l digests -d 'A file of digests, one at the beginning of each line, as sha256sum writes them; `-` reads standard input' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l identity -d 'Demand a signature by this subject: the mail address or URL in the signer\'s certificate, exactly' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l issuer -d 'Who vouched for the subject: the https URL in the signer\'s certificate, exactly' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -s o -l output -d 'Where the policy goes; `-` is standard output' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l key -d 'A public key that is trusted (PEM), instead of the trust store; may be repeated' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l cert -d 'A certificate that is trusted (PEM), instead of the trust store; may be repeated' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l trust -d 'Another trust store, or a file with keys and certificates (PEM)' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l log-inclusion -d 'Demand an inclusion proof in a transparency log'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l replace -d 'Replace a check that says something else; an identity then takes the place of the others'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l force -d 'Replace a file that is there'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from require" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -l key -d 'The private key (PEM, not encrypted), or `tpm:FILE` for a key of the TPM' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -s o -l output -d 'Where the envelope goes; `-` is standard output' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -l shape -d 'Which envelope' -r -f -a "dsse\t'What today\'s verifiers take'
signed\t'`signatures` and `signed` of Enhancement 86, which no verifier takes today'"
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -l force -d 'Sign although the policy has errors, and replace a file that is there'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from sign" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from trust" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from trust" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from trust" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from trust" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from trust" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from trust" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from trust" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from trust" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from trust" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from trust" -f -a "list" -d 'List what is trusted, for which policies and until when'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from trust" -f -a "add" -d 'Pin a key or a certificate; shows its fingerprint first and asks'
complete -c limescope -n "__fish_limescope_using_subcommand policy; and __fish_seen_subcommand_from trust" -f -a "remove" -d 'Trust a key or certificate no longer'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and not __fish_seen_subcommand_from audit check pins" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand identity; and not __fish_seen_subcommand_from audit check pins" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand identity; and not __fish_seen_subcommand_from audit check pins" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand identity; and not __fish_seen_subcommand_from audit check pins" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and not __fish_seen_subcommand_from audit check pins" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and not __fish_seen_subcommand_from audit check pins" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and not __fish_seen_subcommand_from audit check pins" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and not __fish_seen_subcommand_from audit check pins" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and not __fish_seen_subcommand_from audit check pins" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and not __fish_seen_subcommand_from audit check pins" -f -a "audit" -d 'Judge what the registrars have of every agent; exits with 1 on findings'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and not __fish_seen_subcommand_from audit check pins" -f -a "check" -d 'Check the evidence of agents again, step by step; exits with 1 where it does not hold'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and not __fish_seen_subcommand_from audit check pins" -f -a "pins" -d 'The keys with which agents were first seen: list them, or remove those of a machine'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l group -d 'Only this group; may be repeated' -r
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l vendor-roots -d 'A folder with the certificates of TPM makers, roots and intermediates (PEM or DER), to which every endorsement certificate must lead [default: vendor_roots of the configuration]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l accept -d 'Take the present keys of this agent for right though they have changed; may be repeated' -r
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l pins -d 'Where it is remembered [default: limescope/identities.jsonl in the XDG state folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l format -d 'How to print it' -r -f -a "table\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l no-pin -d 'Neither compare with what earlier audits saw nor remember what this one sees'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from audit" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -l group -d 'Only this group; may be repeated' -r
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -l format -d 'How to print it' -r -f -a "text\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -l all -d 'Every agent that the verifiers have'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -l ask-agent -d 'Ask the agent itself for a quote over a nonce of ours (pull mode). It costs its TPM a quote, and the agent resets and extends its PCR 16'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -l group -d 'Only this group; may be repeated' -r
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -l pins -d 'Another file of pins [default: limescope/identities.jsonl in the XDG state folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -l format -d 'How to print it' -r -f -a "table\t''
json\t''"
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -f -a "list" -d 'List who is pinned, since when, and with which keys; the same as no command'
complete -c limescope -n "__fish_limescope_using_subcommand identity; and __fish_seen_subcommand_from pins" -f -a "remove" -d 'Forget the pins of agents, as of a machine that is given up; the file before stays beside it as a backup'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -f -a "status" -d 'Whether a TPM answers, and how close it is to its lockout'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -f -a "enroll" -d 'Make an operator\'s key in the TPM, with a certificate or a request for one'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -f -a "test" -d 'Sign with the key of a group, and connect to all its addresses with it'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and not __fish_seen_subcommand_from status enroll test anchor" -f -a "anchor" -d 'The trust store\'s anchor: edits and old copies of the store are noticed'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from status" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from status" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from status" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from status" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from status" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from status" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from status" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from status" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l out -d 'Where the files go; none of them may be there already' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l name -d 'The common name, by which servers log what is done [default: limescope]' -r
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l csr -d 'Make a request for a CA to sign'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l self-signed -d 'Have the key sign its own certificate, valid for two years [default]'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l pin -d 'Protect the key with a PIN: asked for twice on a terminal, else the first line of standard input'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l rsa -d 'An RSA key of 2048 bits, where servers do not take P-256'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from enroll" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from test" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from test" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from test" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from test" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from test" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from test" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from test" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from test" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from anchor" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from anchor" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from anchor" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from anchor" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from anchor" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from anchor" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from anchor" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from anchor" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from anchor" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from anchor" -f -a "commit" -d 'Note in the TPM that the trust store is to be as it is now; the first time with a new PIN'
complete -c limescope -n "__fish_limescope_using_subcommand tpm; and __fish_seen_subcommand_from anchor" -f -a "check" -d 'Whether the trust store is the one that was committed'
complete -c limescope -n "__fish_limescope_using_subcommand print" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand print" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand print" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand print" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand print" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand print" -l no-mouse -d 'Leave the mouse to the terminal, to select text; M changes it later'
complete -c limescope -n "__fish_limescope_using_subcommand print" -l dashboard -d 'A wall-board: large, read-only, its pages turn by themselves, the problems first'
complete -c limescope -n "__fish_limescope_using_subcommand print" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand print" -s V -l version -d 'Print version'
