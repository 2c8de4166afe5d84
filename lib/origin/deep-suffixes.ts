/**
 * A public suffix below each name that has some and is none itself: `s3.amazonaws.com` for `amazonaws.com`. tldts tells of a
 * name whether it is a suffix, and has no way to ask what is below it.
 *
 * `node test/tools/suffix-examples.cjs` prints the list from the installed tldts, and a test compares the two.
 */
const DEEP_SUFFIXES = `
001.test.code-builder-stg.platform.salesforce.com a.prod.fastly.net a.ssl.fastly.net airflow.af-south-1.on.aws
airflow.ap-east-1.on.aws airflow.ap-northeast-1.on.aws airflow.ap-northeast-2.on.aws airflow.ap-northeast-3.on.aws
airflow.ap-south-1.on.aws airflow.ap-south-2.on.aws airflow.ap-southeast-1.on.aws airflow.ap-southeast-2.on.aws
airflow.ap-southeast-3.on.aws airflow.ap-southeast-4.on.aws airflow.ap-southeast-5.on.aws airflow.ap-southeast-7.on.aws
airflow.ca-central-1.on.aws airflow.ca-west-1.on.aws airflow.cn-north-1.on.amazonwebservices.com.cn
airflow.cn-northwest-1.on.amazonwebservices.com.cn airflow.eu-central-1.on.aws airflow.eu-central-2.on.aws
airflow.eu-north-1.on.aws airflow.eu-south-1.on.aws airflow.eu-south-2.on.aws airflow.eu-west-1.on.aws
airflow.eu-west-2.on.aws airflow.eu-west-3.on.aws airflow.il-central-1.on.aws airflow.me-central-1.on.aws
airflow.me-south-1.on.aws airflow.sa-east-1.on.aws airflow.us-east-1.on.aws airflow.us-east-2.on.aws
airflow.us-west-1.on.aws airflow.us-west-2.on.aws alp1.ae.flow.ch ap-east-1.airflow.amazonaws.com
ap-east-1.cs.amazonlightsail.com ap-east-1.rds.amazonaws.com app.os.fedoraproject.org app.os.stg.fedoraproject.org
app.render.com apps.fbsbx.com apps.grok.bot apps.lair.io at.emf.camp at.ply.gg atl.jelastic.vps-host.net
auth-fips.us-gov-east-1.amazoncognito.com auth-fips.us-gov-west-1.amazoncognito.com auth.af-south-1.amazoncognito.com
auth.ap-east-1.amazoncognito.com auth.ap-east-2.amazoncognito.com auth.ap-northeast-1.amazoncognito.com
auth.ap-northeast-2.amazoncognito.com auth.ap-northeast-3.amazoncognito.com auth.ap-south-1.amazoncognito.com
auth.ap-south-2.amazoncognito.com auth.ap-southeast-1.amazoncognito.com auth.ap-southeast-2.amazoncognito.com
auth.ap-southeast-3.amazoncognito.com auth.ap-southeast-4.amazoncognito.com auth.ap-southeast-5.amazoncognito.com
auth.ap-southeast-6.amazoncognito.com auth.ap-southeast-7.amazoncognito.com auth.ca-central-1.amazoncognito.com
auth.ca-west-1.amazoncognito.com auth.cognito-idp.eusc-de-east-1.on.amazonwebservices.eu
auth.eu-central-1.amazoncognito.com auth.eu-central-2.amazoncognito.com auth.eu-north-1.amazoncognito.com
auth.eu-south-1.amazoncognito.com auth.eu-south-2.amazoncognito.com auth.eu-west-1.amazoncognito.com
auth.eu-west-2.amazoncognito.com auth.eu-west-3.amazoncognito.com auth.il-central-1.amazoncognito.com
auth.me-central-1.amazoncognito.com auth.me-south-1.amazoncognito.com auth.mx-central-1.amazoncognito.com
auth.sa-east-1.amazoncognito.com auth.us-east-1.amazoncognito.com auth.us-east-2.amazoncognito.com
auth.us-west-1.amazoncognito.com auth.us-west-2.amazoncognito.com aws-gov.databricksapps.us aws.databricksapps.com
bo.nordland.no bo.telemark.no builder.code.com c.cdn77.org ca.reclaim.cloud cdn.bubble.io cdn.cloudflareanycast.net
cdn.cloudflarecn.net cdn.cloudflareglobal.net cdn.prod.atlassian-dev.net ch.trendhosting.cloud client.scrypted.io
cloud.fedoraproject.org cloud.interhostsolutions.be cloud.metacentrum.cz cloud.nospamproxy.com clusters.rdpa.co
cn-north-1.airflow.amazonaws.com.cn cn-north-1.eb.amazonaws.com.cn
consent-portal.bedrock-agentcore.ap-northeast-1.amazonaws.com
consent-portal.bedrock-agentcore.ap-northeast-2.amazonaws.com consent-portal.bedrock-agentcore.ap-south-1.amazonaws.com
consent-portal.bedrock-agentcore.ap-south-2.amazonaws.com consent-portal.bedrock-agentcore.ap-southeast-1.amazonaws.com
consent-portal.bedrock-agentcore.ap-southeast-2.amazonaws.com
consent-portal.bedrock-agentcore.ap-southeast-5.amazonaws.com
consent-portal.bedrock-agentcore.ap-southeast-7.amazonaws.com
consent-portal.bedrock-agentcore.ca-central-1.amazonaws.com consent-portal.bedrock-agentcore.eu-central-1.amazonaws.com
consent-portal.bedrock-agentcore.eu-north-1.amazonaws.com consent-portal.bedrock-agentcore.eu-south-1.amazonaws.com
consent-portal.bedrock-agentcore.eu-south-2.amazonaws.com consent-portal.bedrock-agentcore.eu-west-1.amazonaws.com
consent-portal.bedrock-agentcore.eu-west-2.amazonaws.com consent-portal.bedrock-agentcore.eu-west-3.amazonaws.com
consent-portal.bedrock-agentcore.sa-east-1.amazonaws.com consent-portal.bedrock-agentcore.us-east-1.amazonaws.com
consent-portal.bedrock-agentcore.us-east-2.amazonaws.com consent-portal.bedrock-agentcore.us-gov-west-1.amazonaws.com
consent-portal.bedrock-agentcore.us-west-1.amazonaws.com consent-portal.bedrock-agentcore.us-west-2.amazonaws.com
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
my.canvasite.cn nes.akershus.no nes.buskerud.no notebook.ap-south-2.sagemaker.aws notebook.ap-southeast-4.sagemaker.aws
notebook.ca-west-1.sagemaker.aws objects.lpg.cloudscale.ch objects.rma.cloudscale.ch os.hedmark.no os.hordaland.no
p.tawk.email p.tawkto.email paas.beebyte.io paas.hosted-by-previder.com paas.massivegrid.com pages.it.hs-heilbronn.de
pages.wiardweb.com phx.enscaled.us preview.emergentagent.com private.repost.aws pro.typeform.com
pub.instances.scw.cloud r.cdn77.net rag-cloud.hosteur.com relay.evervault.app relay.evervault.dev rs.webaccel.jp
rsc.contentproxy9.cz runs.onstackit.cloud s3.af-south-1.amazonaws.com s3.amazonaws.com s3.ap-east-1.amazonaws.com
s3.ap-northeast-1.amazonaws.com s3.ap-northeast-2.amazonaws.com s3.ap-northeast-3.amazonaws.com
s3.ap-south-1.amazonaws.com s3.ap-south-2.amazonaws.com s3.ap-southeast-1.amazonaws.com s3.ap-southeast-2.amazonaws.com
s3.ap-southeast-3.amazonaws.com s3.ap-southeast-4.amazonaws.com s3.ap-southeast-5.amazonaws.com
s3.ca-central-1.amazonaws.com s3.ca-west-1.amazonaws.com s3.cn-north-1.amazonaws.com.cn
s3.cn-northwest-1.amazonaws.com.cn s3.dualstack.af-south-1.amazonaws.com s3.dualstack.ap-east-1.amazonaws.com
s3.dualstack.ap-northeast-1.amazonaws.com s3.dualstack.ap-northeast-2.amazonaws.com
s3.dualstack.ap-northeast-3.amazonaws.com s3.dualstack.ap-south-1.amazonaws.com s3.dualstack.ap-south-2.amazonaws.com
s3.dualstack.ap-southeast-1.amazonaws.com s3.dualstack.ap-southeast-2.amazonaws.com
s3.dualstack.ap-southeast-3.amazonaws.com s3.dualstack.ap-southeast-4.amazonaws.com
s3.dualstack.ap-southeast-5.amazonaws.com s3.dualstack.ca-central-1.amazonaws.com s3.dualstack.ca-west-1.amazonaws.com
s3.dualstack.cn-north-1.amazonaws.com.cn s3.dualstack.cn-northwest-1.amazonaws.com.cn
s3.dualstack.eu-central-1.amazonaws.com s3.dualstack.eu-central-2.amazonaws.com s3.dualstack.eu-north-1.amazonaws.com
s3.dualstack.eu-south-1.amazonaws.com s3.dualstack.eu-south-2.amazonaws.com s3.dualstack.eu-west-1.amazonaws.com
s3.dualstack.eu-west-2.amazonaws.com s3.dualstack.eu-west-3.amazonaws.com s3.dualstack.il-central-1.amazonaws.com
s3.dualstack.me-central-1.amazonaws.com s3.dualstack.me-south-1.amazonaws.com s3.dualstack.sa-east-1.amazonaws.com
s3.dualstack.us-east-1.amazonaws.com s3.dualstack.us-east-2.amazonaws.com s3.dualstack.us-gov-east-1.amazonaws.com
s3.dualstack.us-gov-west-1.amazonaws.com s3.dualstack.us-west-1.amazonaws.com s3.dualstack.us-west-2.amazonaws.com
s3.eu-central-1.amazonaws.com s3.eu-central-2.amazonaws.com s3.eu-north-1.amazonaws.com s3.eu-south-1.amazonaws.com
s3.eu-south-2.amazonaws.com s3.eu-west-1.amazonaws.com s3.eu-west-2.amazonaws.com s3.eu-west-3.amazonaws.com
s3.fr-par.scw.cloud s3.il-central-1.amazonaws.com s3.isk01.sakurastorage.jp s3.isk02.sakurastorage.jp s3.k2.cloud
s3.me-central-1.amazonaws.com s3.me-south-1.amazonaws.com s3.nl-ams.scw.cloud s3.pl-waw.scw.cloud
s3.sa-east-1.amazonaws.com s3.teckids.org s3.us-east-2.amazonaws.com s3.us-gov-east-1.amazonaws.com
s3.us-gov-west-1.amazonaws.com s3.us-west-1.amazonaws.com s3.us-west-2.amazonaws.com sande.vestfold.no
sande.xn--mre-og-romsdal-qqb.no sekd1.beebyteapp.io seprox.hooc.me services.clever-cloud.com shop.brendly.ba
shop.brendly.hr shop.brendly.rs site.rb-hosting.io site.tb-hosting.com site.transip.me sn.mynetname.net soc.srcf.net
ssl.origin.cdn77-secure.org stage.nodeart.io static.observableusercontent.com studio.af-south-1.sagemaker.aws
studio.ap-east-1.sagemaker.aws studio.ap-northeast-1.sagemaker.aws studio.ap-northeast-2.sagemaker.aws
studio.ap-northeast-3.sagemaker.aws studio.ap-south-1.sagemaker.aws studio.ap-southeast-1.sagemaker.aws
studio.ap-southeast-2.sagemaker.aws studio.ap-southeast-3.sagemaker.aws studio.ca-central-1.sagemaker.aws
studio.cn-north-1.sagemaker.com.cn studio.cn-northwest-1.sagemaker.com.cn studio.eu-central-1.sagemaker.aws
studio.eu-central-2.sagemaker.aws studio.eu-north-1.sagemaker.aws studio.eu-south-1.sagemaker.aws
studio.eu-south-2.sagemaker.aws studio.eu-west-1.sagemaker.aws studio.eu-west-2.sagemaker.aws
studio.eu-west-3.sagemaker.aws studio.il-central-1.sagemaker.aws studio.me-central-1.sagemaker.aws
studio.me-south-1.sagemaker.aws studio.sa-east-1.sagemaker.aws studio.us-east-1.sagemaker.aws
studio.us-east-2.sagemaker.aws studio.us-gov-east-1.sagemaker.aws studio.us-gov-west-1.sagemaker.aws
studio.us-west-1.sagemaker.aws studio.us-west-2.sagemaker.aws t3.storage.dev t3.storageapi.dev
transfer-webapp.ap-east-2.on.aws transfer-webapp.ap-southeast-6.on.aws
transfer-webapp.eusc-de-east-1.on.amazonwebservices.eu transfer-webapp.mx-central-1.on.aws
transfer-webapp.us-gov-east-1.on.aws transfer-webapp.us-gov-west-1.on.aws ui.nabu.casa up.railway.app
user.aseinet.ne.jp user.localcert.dev user.party.eus valer.ostfold.no vfs.cloud9.af-south-1.amazonaws.com
vfs.cloud9.ap-east-1.amazonaws.com vfs.cloud9.ap-northeast-1.amazonaws.com vfs.cloud9.ap-northeast-2.amazonaws.com
vfs.cloud9.ap-northeast-3.amazonaws.com vfs.cloud9.ap-south-1.amazonaws.com vfs.cloud9.ap-southeast-1.amazonaws.com
vfs.cloud9.ap-southeast-2.amazonaws.com vfs.cloud9.ca-central-1.amazonaws.com vfs.cloud9.eu-central-1.amazonaws.com
vfs.cloud9.eu-north-1.amazonaws.com vfs.cloud9.eu-south-1.amazonaws.com vfs.cloud9.eu-west-1.amazonaws.com
vfs.cloud9.eu-west-2.amazonaws.com vfs.cloud9.eu-west-3.amazonaws.com vfs.cloud9.il-central-1.amazonaws.com
vfs.cloud9.me-south-1.amazonaws.com vfs.cloud9.sa-east-1.amazonaws.com vfs.cloud9.us-east-1.amazonaws.com
vfs.cloud9.us-east-2.amazonaws.com vfs.cloud9.us-west-1.amazonaws.com vfs.cloud9.us-west-2.amazonaws.com
vip.jelastic.cloud vps.hrsn.net web.core.usgovcloudapi.net web.core.windows.net
webview-assets.aws-cloud9.af-south-1.amazonaws.com webview-assets.aws-cloud9.ap-east-1.amazonaws.com
webview-assets.aws-cloud9.ap-northeast-1.amazonaws.com webview-assets.aws-cloud9.ap-northeast-2.amazonaws.com
webview-assets.aws-cloud9.ap-northeast-3.amazonaws.com webview-assets.aws-cloud9.ap-south-1.amazonaws.com
webview-assets.aws-cloud9.ap-southeast-1.amazonaws.com webview-assets.aws-cloud9.ap-southeast-2.amazonaws.com
webview-assets.aws-cloud9.ca-central-1.amazonaws.com webview-assets.aws-cloud9.eu-central-1.amazonaws.com
webview-assets.aws-cloud9.eu-north-1.amazonaws.com webview-assets.aws-cloud9.eu-south-1.amazonaws.com
webview-assets.aws-cloud9.eu-west-1.amazonaws.com webview-assets.aws-cloud9.eu-west-2.amazonaws.com
webview-assets.aws-cloud9.eu-west-3.amazonaws.com webview-assets.aws-cloud9.il-central-1.amazonaws.com
webview-assets.aws-cloud9.me-south-1.amazonaws.com webview-assets.aws-cloud9.sa-east-1.amazonaws.com
webview-assets.aws-cloud9.us-east-1.amazonaws.com webview-assets.aws-cloud9.us-east-2.amazonaws.com
webview-assets.aws-cloud9.us-west-1.amazonaws.com webview-assets.aws-cloud9.us-west-2.amazonaws.com wien.funkfeuer.at
x.mythic-beasts.com xen.prgmr.com xn--vler-qoa.xn--stfold-9xa.no
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

/** The suffixes of {@link listedSuffixBelow}, as far as they are below `name`. */
export function listedSuffixesBelow(name: string): readonly string[] {
  return listedSuffixBelow(name) === undefined ? [] : listed().filter((suffix) => suffix.endsWith(`.${name}`));
}

function listed(): readonly string[] {
  return DEEP_SUFFIXES.trim().split(/\s+/);
}

/** `b.c` and `c` for `a.b.c`. */
export function* parentsOf(name: string): Generator<string> {
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    yield name.slice(dot + 1);
  }
}
