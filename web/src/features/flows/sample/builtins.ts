/** What jq 1.8 knows by itself, of use in flows. */
export const builtins = `abs add all any ascii_downcase ascii_upcase capture ceil combinations contains debug del delpaths empty endswith env error explode
first flatten floor from_entries fromdate fromdateiso8601 fromjson fromstream get_search_list getpath gmtime group_by gsub has have_decnum implode in
index indices input_line_number inside isempty isfinite isinfinite isnan isnormal isvalid join keys keys_unsorted last leaf_paths length limit localtime
log ltrimstr ltrim map map_values match max max_by min min_by mktime not now nth objects paths pick pow range recurse reduce repeat reverse rindex round
rtrimstr rtrim scan select skip sort sort_by split splits sqrt startswith strftime strptime sub test to_entries toarray toboolean todate tojson
tonumber tostring trim trimstr type unique unique_by until values walk while with_entries`.split(/\s+/)

export const keywords = ['if', 'then', 'elif', 'else', 'end', 'and', 'or', 'as', 'foreach', 'reduce', 'try', 'catch', 'def', 'null', 'true', 'false']
export const formats = ['@base64', '@base64d', '@csv', '@html', '@json', '@sh', '@text', '@tsv', '@uri']
