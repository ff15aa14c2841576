function _exprgrad_completion
    command -q exprgrad; or return
    set -lx _EXPRGRAD_COMPLETE fish_complete
    set -lx COMP_WORDS (commandline -cp | string collect)
    set -lx COMP_CWORD (commandline -ct | string collect)
    for line in (exprgrad 2>/dev/null)
        set -l item (string split -m 1 , -- $line)
        switch $item[1]
            case dir
                __fish_complete_directories $item[2]
            case file
                __fish_complete_path $item[2]
            case plain
                printf '%s\n' $item[2]
        end
    end
end

complete --no-files --command exprgrad --arguments "(_exprgrad_completion)"
