/**
 * The core as an expression: function(outside, process, script, entry, importing, home), which runs the program,
 * or the piece of `entry` in its place.
 *
 * `outside` requires what is not ours and `importing` imports it; `script(part)` gives the pieces of a part; `home` is the directory of the
 * files. node:crypto takes 5 ms to
 * load: it is loaded when something of it is asked for (docs/decisions/0120).
 *
 * @param made - what `makeParts` gave
 */
export function coreScript({ core, partOf, pieces }) {
  const whereabouts = Object.fromEntries(partOf);
  // The core has a function of its own around it, so that no name of it meets one of these.
  const text = `(function(outside,process,script,entry,importing,home){"use strict";
const parts=${JSON.stringify(whereabouts)},entries=${JSON.stringify(pieces)},pieces={},loaded=new Map();
let table,run;
function provide(given,program){table=given;run=program}
function late(id){let real;return new Proxy({},{get:(_,name)=>(real??=outside(id))[name]})}
function require(id){
  const known=loaded.get(id);
  if(known!==undefined)return known.exports;
  const made={exports:{}};
  loaded.set(id,made);
  if(id==="node:crypto")made.exports=late(id);
  else if(id.startsWith("core:"))made.exports=table[id]();
  else if(id.startsWith("part:"))made.exports=require(entries[id]);
  else if(!id.startsWith("./"))made.exports=outside(id);
  else{
    if(pieces[id]===undefined)Object.assign(pieces,script(parts[id]));
    pieces[id](made,require);
  }
  return made.exports;
}
require.outside=importing;require.home=home;
(function(require,provide,process){${core}})(require,provide,process);
if(entry===undefined)run();else require(entry);
})
`;
  return text;
}
