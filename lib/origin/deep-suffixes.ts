/**
 * A public suffix below each name that has some and is none itself: `s3.amazonaws.com` for `amazonaws.com`. tldts tells
 * whether a name is a suffix, but not what is below it. `a.*.b(x y)` stands for `a.x.b a.y.b`.
 *
 * `node test/tools/suffix-examples.cjs` prints the list from the installed tldts, and a test compares the two.
 */
const DEEP_SUFFIXES = `
001.test.code-builder-stg.platform.salesforce.com a.prod.fastly.net a.ssl.fastly.net alp1.ae.flow.ch
ap-east-1.airflow.amazonaws.com ap-east-1.cs.amazonlightsail.com ap-east-1.rds.amazonaws.com app.os.fedoraproject.org
app.os.stg.fedoraproject.org app.render.com apps.fbsbx.com apps.grok.bot apps.lair.io at.emf.camp at.ply.gg
atl.jelastic.vps-host.net auth.cognito-idp.eusc-de-east-1.on.amazonwebservices.eu aws-gov.databricksapps.us
aws.databricksapps.com bo.nordland.no bo.telemark.no builder.code.com c.cdn77.org ca.reclaim.cloud cdn.bubble.io
cdn.cloudflareanycast.net cdn.cloudflarecn.net cdn.cloudflareglobal.net cdn.prod.atlassian-dev.net
ch.trendhosting.cloud client.scrypted.io cloud.fedoraproject.org cloud.interhostsolutions.be cloud.metacentrum.cz
cloud.nospamproxy.com clusters.rdpa.co cn-north-1.airflow.amazonaws.com.cn cn-north-1.eb.amazonaws.com.cn
cust.cloudscale.ch cust.dev.thingdust.io cust.disrec.thingdust.io cust.prod.thingdust.io cust.retrosnub.co.uk
cust.testing.thingdust.io customer.speedpartner.de d.crm.dev de.object.ncloudstorage.com demo.datadetect.com
demo.jelastic.com dev.project-study.com devices.resinstaging.io direct.quickconnect.cn direct.quickconnect.to
dyn.addr.tools dyn.cosidns.de dyndns.dappnode.io elb.amazonaws.com.cn es-1.axarnet.cloud eu-1.evennode.com
eu.encoway.cloud eu.platform.sh ex.ortsinfo.at experiments.sagemaker.aws ezproxy.kuleuven.be fi.cloudplatform.fi
flt.cloud.muni.cz fn.amba.host forgot.her.name forgot.his.name fr-1.paas.massivegrid.net fr-par-1.baremetal.scw.cloud
git-pages.rit.edu hb.cldmail.ru heroy.more-og-romsdal.no hosting.ovh.net id.forgerock.io instances.spawn.cc
io.noc.ruhr-uni-bochum.de ip.linodeusercontent.com ipfs.nftstorage.link ipfs.storacha.link ipfs.w3s.link
it1.eur.aruba.jenv-aruba.cloud it1.jenv-aruba.cloud j.layershift.co.uk j.scaleforce.com.cy j.scaleforce.net jc.neen.it
jcloud.ik-server.com jed.wafaicloud.com jelastic.dogado.eu jelastic.saveincloud.net jls-sto1.elastx.net
jp.jp4.object.ncpstorage.com jp.jp4.object.private.ncpstorage.com jp.jp5.object.ncpstorage.com
jp.jp5.object.private.ncpstorage.com jp.object.ncpstorage.com jp.object.private.ncpstorage.com k8s.scw.cloud
kr.gov-ncloudstorage.com kr.ncloudstorage.com kr.object.fin-ncloudstorage.com kr.object.gov-ncloudstorage.com
kr.object.private.fin-ncloudstorage.com kr.object.private.gov-ncloudstorage.com kr.object.private.ncloudstorage.com
kr.objectstorage.ncloud.com kr.website.ncloudstorage.com lb.ru-msk.k2.cloud lb.ru-spb.k2.cloud lpg.objectstorage.ch
map.fastly.net mel.cloudlets.com.au members.linode.com mrap.accesspoint.s3-global.amazonaws.com my.canva.site
my.canvasite.cn nes.akershus.no nes.buskerud.no objects.lpg.cloudscale.ch objects.rma.cloudscale.ch os.hedmark.no
os.hordaland.no p.tawk.email p.tawkto.email paas.beebyte.io paas.hosted-by-previder.com paas.massivegrid.com
pages.it.hs-heilbronn.de pages.wiardweb.com phx.enscaled.us preview.emergentagent.com private.repost.aws
pro.typeform.com pub.instances.scw.cloud r.cdn77.net rag-cloud.hosteur.com relay.evervault.app relay.evervault.dev
rs.webaccel.jp rsc.contentproxy9.cz runs.onstackit.cloud s3.amazonaws.com s3.fr-par.scw.cloud
s3.isk01.sakurastorage.jp s3.isk02.sakurastorage.jp s3.k2.cloud s3.nl-ams.scw.cloud s3.pl-waw.scw.cloud s3.teckids.org
sande.vestfold.no sande.xn--mre-og-romsdal-qqb.no sekd1.beebyteapp.io seprox.hooc.me services.clever-cloud.com
shop.brendly.ba shop.brendly.hr shop.brendly.rs site.rb-hosting.io site.tb-hosting.com site.transip.me
sn.mynetname.net soc.srcf.net ssl.origin.cdn77-secure.org stage.nodeart.io static.observableusercontent.com
t3.storage.dev t3.storageapi.dev transfer-webapp.eusc-de-east-1.on.amazonwebservices.eu ui.nabu.casa up.railway.app
user.aseinet.ne.jp user.localcert.dev user.party.eus valer.ostfold.no vip.jelastic.cloud vps.hrsn.net
web.core.usgovcloudapi.net web.core.windows.net wien.funkfeuer.at x.mythic-beasts.com xen.prgmr.com
xn--vler-qoa.xn--stfold-9xa.no
airflow.*.on.aws(af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 ca-central-1 ca-west-1
eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
me-south-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2)
airflow.*.on.amazonwebservices.com.cn(cn-north-1 cn-northwest-1)
auth-fips.*.amazoncognito.com(us-gov-east-1 us-gov-west-1)
auth.*.amazoncognito.com(af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1
ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2)
consent-portal.bedrock-agentcore.*.amazonaws.com(ap-northeast-1 ap-northeast-2 ap-south-1 ap-south-2 ap-southeast-1
ap-southeast-2 ap-southeast-5 ap-southeast-7 ca-central-1 eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1
eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-gov-west-1 us-west-1 us-west-2)
notebook.*.sagemaker.aws(ap-south-2 ap-southeast-4 ca-west-1)
s3.*.amazonaws.com(af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ca-central-1 ca-west-1 eu-central-1
eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1
sa-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2)
s3.*.amazonaws.com.cn(cn-north-1 cn-northwest-1)
s3.dualstack.*.amazonaws.com(af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ca-central-1 ca-west-1 eu-central-1
eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1
sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2)
s3.dualstack.*.amazonaws.com.cn(cn-north-1 cn-northwest-1)
studio.*.sagemaker.aws(af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1
ap-southeast-2 ap-southeast-3 ca-central-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1
eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1
us-west-1 us-west-2)
studio.*.sagemaker.com.cn(cn-north-1 cn-northwest-1)
transfer-webapp.*.on.aws(ap-east-2 ap-southeast-6 mx-central-1 us-gov-east-1 us-gov-west-1)
vfs.cloud9.*.amazonaws.com(af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1
ap-southeast-2 ca-central-1 eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-south-1
sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2)
webview-assets.aws-cloud9.*.amazonaws.com(af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1
ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-2 eu-west-3
il-central-1 me-south-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2)
`;

let examples: ReadonlyMap<string, string> | undefined;

/** A public suffix of the Public Suffix List below `name`; `undefined` where the list has none. */
export function listedSuffixBelow(name: string): string | undefined {
  examples ??= examplesByName();
  return examples.get(name);
}

function examplesByName(): ReadonlyMap<string, string> {
  const byName = new Map<string, string>();
  // The shortest one is the best example.
  for (const suffix of [...listed()].sort((first, second) => first.length - second.length)) {
    for (const name of parentsOf(suffix)) {
      byName.set(name, byName.get(name) ?? suffix);
    }
  }
  return byName;
}

/** The suffixes of {@link listedSuffixBelow} that are below `name`. */
export function listedSuffixesBelow(name: string): readonly string[] {
  return listedSuffixBelow(name) === undefined ? [] : listed().filter((suffix) => suffix.endsWith(`.${name}`));
}

function listed(): readonly string[] {
  return [...DEEP_SUFFIXES.matchAll(/([^\s(]+)(?:\(([^)]*)\))?/g)].flatMap(([, suffix, regions]) =>
    regions === undefined
      ? [suffix as string]
      : regions.split(/\s/).map((region) => (suffix as string).replace('*', region)),
  );
}

/** `b.c` and `c` for `a.b.c`. */
export function* parentsOf(name: string): Generator<string> {
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    yield name.slice(dot + 1);
  }
}
