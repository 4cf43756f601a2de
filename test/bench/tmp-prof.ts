// @ts-nocheck
import { fill, userId, userName, groupId } from "./fill.js";
import { fire } from "./load.js";
import { spawnServer } from "./server.js";
import { existsSync } from "node:fs";
const db="/tmp/prof/b.db"; if(!existsSync(db)) await fill(db,{users:10000,groups:[10,1000]});
const kind=process.argv[2];
process.on("unhandledRejection",(e)=>{console.error(e);process.exit(1)});
const s=await spawnServer([...(process.env.PROF?["--cpu-prof","--cpu-prof-dir=/tmp/prof/out-"+kind]:[]),"/work/main/dist/main.js","serve"],{...process.env,PORT:"0",DATABASE_URL:`sqlite:${db}`,LABEL_STUDIO_URL:"http://127.0.0.1:9",LABEL_STUDIO_API_KEY:"none",SCIM_BEARER_TOKEN:"bench-token-of-the-loopback",LOG_LEVEL:"info"},l=>l.includes('"listening"')?JSON.parse(l).url:undefined);
let n=Date.now();
const shots:any={get:(i:number)=>({method:"GET",path:`/scim/v2/Users/${userId(i%10000)}`}),
filter:(i:number)=>({method:"GET",path:"/scim/v2/Users?filter="+encodeURIComponent(`userName eq "${userName(i%10000)}"`)}),
list:(i:number)=>({method:"GET",path:`/scim/v2/Users?startIndex=${1+(i%90)*100}&count=100`}),
group:(i:number)=>({method:"GET",path:`/scim/v2/Groups/${groupId(1)}`}),
post:(i:number)=>({method:"POST",path:"/scim/v2/Users",body:JSON.stringify({schemas:["urn:ietf:params:scim:schemas:core:2.0:User"],userName:`n${n++}@acme.example`,name:{givenName:"N",familyName:"P"},emails:[{value:`n${n}@acme.example`,type:"work",primary:true}],active:true})}),
patch:(i:number)=>({method:"PATCH",path:`/scim/v2/Groups/${groupId(1)}`,body:JSON.stringify({schemas:["urn:ietf:params:scim:api:messages:2.0:PatchOp"],Operations:[{op:i%2===0?"Remove":"Add",path:"members",value:[{value:userId(1)}]}]})})};
const c=Number(process.argv[3]??3000);
await fire(s,"bench-token-of-the-loopback",1,c/4,shots[kind]);
const f=await fire(s,"bench-token-of-the-loopback",Number(process.argv[4]??1),c,shots[kind]); console.log(kind,f);
await s.stop();
