-- Neovim as its users have it: opens a file, sees the diagnostic, takes the code action, and the buffer is mended.
-- In: the current buffer, and how Neovim is configured. Out: exit code 0, or what went wrong.

local function fail(message)
    io.stderr:write("neovim: " .. message .. "\n")
    vim.cmd("cquit 1")
end

local function wait_for(what, condition)
    if not vim.wait(60000, condition, 50) then
        fail(what .. " did not come: " .. vim.inspect(vim.diagnostic.get(0)))
    end
end

local function text()
    return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

wait_for("a diagnostic", function()
    return #vim.diagnostic.get(0) == 1
end)
local diagnostic = vim.diagnostic.get(0)[1]
local line = vim.api.nvim_buf_get_lines(0, diagnostic.lnum, diagnostic.lnum + 1, false)[1]
local marked = line:sub(diagnostic.col + 1, diagnostic.end_col)
if marked ~= "reqwest::Client::new()" then
    fail("the diagnostic stands at `" .. marked .. "`")
end
if diagnostic.source ~= "connlint" or diagnostic.severity ~= vim.diagnostic.severity.ERROR then
    fail("an odd diagnostic: " .. vim.inspect(diagnostic))
end

-- What is not saved counts: the line moves down, the diagnostic with it.
vim.api.nvim_buf_set_lines(0, 0, 0, false, { "// moved", "" })
wait_for("the moved diagnostic", function()
    local found = vim.diagnostic.get(0)
    return #found == 1 and found[1].lnum == diagnostic.lnum + 2
end)

-- The user is asked which action to take.
vim.ui.select = function(items, options, choose)
    for _, item in ipairs(items) do
        local action = item[2] or item.action
        if action.isPreferred then
            return choose(item)
        end
    end
    fail("no preferred action: " .. vim.inspect(items))
end
vim.api.nvim_win_set_cursor(0, { diagnostic.lnum + 3, diagnostic.col })
vim.lsp.buf.code_action()
wait_for("the fix", function()
    return text():find("static HTTP_CLIENT", 1, true) ~= nil
end)
wait_for("the end of the diagnostic", function()
    return #vim.diagnostic.get(0) == 0
end)
vim.cmd("silent write")
vim.cmd("qall!")
