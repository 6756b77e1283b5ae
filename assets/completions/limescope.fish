# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_limescope_global_optspecs
    string join \n config= read-only ascii theme= view= h/help V/version
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
complete -c limescope -n "__fish_limescope_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_needs_command" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_needs_command" -f -a "status" -d 'Poll every group once and print what is known'
complete -c limescope -n "__fish_limescope_needs_command" -f -a "check" -d 'Poll every group once and exit as monitoring plugins do'
complete -c limescope -n "__fish_limescope_needs_command" -f -a "demo" -d 'Open the console on an embedded fleet, or serve that fleet'
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
complete -c limescope -n "__fish_limescope_using_subcommand demo" -s h -l help -d 'Print help'
complete -c limescope -n "__fish_limescope_using_subcommand demo" -s V -l version -d 'Print version'
complete -c limescope -n "__fish_limescope_using_subcommand print" -l config -d 'The configuration to use; `-` reads standard input [default: limescope/limescope.toml in the XDG configuration folder]' -r -F
complete -c limescope -n "__fish_limescope_using_subcommand print" -l theme -d 'The theme of the console; `limescope print themes` lists them' -r
complete -c limescope -n "__fish_limescope_using_subcommand print" -l view -d 'What the console shows first: the string of a view, as `agents?verdict=failed&sort=-age`, or the name of a saved one' -r
complete -c limescope -n "__fish_limescope_using_subcommand print" -l read-only -d 'Change nothing on any server, whatever the configuration says'
complete -c limescope -n "__fish_limescope_using_subcommand print" -l ascii -d 'Draw with ASCII characters only'
complete -c limescope -n "__fish_limescope_using_subcommand print" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c limescope -n "__fish_limescope_using_subcommand print" -s V -l version -d 'Print version'
