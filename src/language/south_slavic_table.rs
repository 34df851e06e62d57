//! Words and spellings that tell Serbian, Croatian and Bosnian apart, other than by yat (`yat_table`).
//!
//! What tells the three standards apart in a short text, besides the reflex of yat: `tko` against `ko`, `-irati` against
//! `-ovati` and `-isati`, the `h` of Bosnian `lahko` and of Croatian `kuhati` against Serbian `kuvati`, Greek and Latin
//! loans (`kemija`, `hemija`; `kriterij`, `kriterijum`), the months, `-telj` against `-lac`, the future written together
//! (`radiću`), and a few hundred words (`tisuća` and `hiljada`, `vlak` and `voz`). The forms are facts of the languages,
//! compiled for this project from general knowledge of what standard grammars and orthographies say, and of the well-known
//! differences of words between the standards that such books list; no published list was copied. Public sentences were
//! used to find forms that do not hold (`posto` is "per cent" as well as `pošto`).
//!
//! An entry is a form, or a stem with a colon and its endings, which are classes of `yat_table::ENDINGS` or of
//! [`VERB_ENDINGS`], or endings as they are. What stands here counts before what `yat_table` generates. Forms are folded
//! (see `text::fold`); the forms without diacritics (`đ` as `dj` and as `d`) are added where they are no other word:
//! list them under `Neutral` where they are.

use super::south_slavic_mark::Mark;

/// Classes of endings of verbs that the standards derive from loans differently; as `yat_table::ENDINGS`.
pub(super) const VERB_ENDINGS: &[(&str, &str)] = &[
    (
        "irati",
        "iram iraš ira iramo irate iraju irati irat irao irala iralo irali irale iraj iran irana irano irani irane \
         iranog iranim iranih iranje iranja iranju",
    ),
    (
        "isati",
        "išem išeš iše išemo išete išu isati isao isala isalo isali isale iši isan isana isano isani isane isanje \
         isanja isanju",
    ),
    (
        "ovati2",
        "ujem uješ uje ujemo ujete uju ovati ovat ovao ovala ovalo ovali ovale uj ujte ovanje ovanja ovanju ovan \
         ovana ovano ovani ovane",
    ),
];

/// Stems of verbs in `-irati`, Croatian and Bosnian, that Serbian says in another way.
pub(super) const VERBS_IN_IRATI: &str = "
    angaž certific defin demant demantir diskrimin diskut diskvalific distribu elimin emit financ funkcion
    garant identific inform inspir interven inzist kandid karakteriz klasific komentar komplic kontrol konzult
    kritiz kvalific manipul moderniz modific oper optimiz organiz privatiz promov protest reag realiz registr
    regul rekonstru rezerv sponzor toler verific
";

/// Stems of verbs in `-isati`, Serbian and also Bosnian.
pub(super) const VERBS_IN_ISATI: &str = "
    defin demant diskrimin distribu elimin form formul funkcion ignor inform inspir komentar konkur kontrol
    manipul oper parafraz promov regul sponzor toler
";

/// Stems of verbs in `-ovati`, Serbian, that Croatian says in `-irati`.
pub(super) const VERBS_IN_OVATI: &str = "
    angaž diskut diskvalifik emit garant identifik interes karakteriz klasifik komplik konsult kritik kvalifik
    moderniz modifik optimiz organiz privatiz protest publik reag realiz registr sertifik unifik verifik
";

/// Infinitives without `-ti`: Serbian and Bosnian write the future as one word (`znaću`), Croatian drops the `i` (`znat ću`).
pub(super) const INFINITIVES: &str = "
    baci bi da dobi dokaza glasa gleda igra ima izbaci izgubi javi kaza koristi krenu kupi misli moli mora
    napisa napravi nastavi nazva nosi objasni obrisa osta ostavi pamti pisa pita plati pobedi pogleda pokaza
    pokuša ponovi posla posluša posta potvrdi počinja presta prizna priča proba proda promeni propusti proveri
    pročita pusti radi reši ruši sačeka skupi sluša snima snimi spusti sruši sta stavi stvara stvori svide traži
    treba tuži ubaci ubi umori umre uradi uze vide vole vrati zaboravi zamoli zapamti zaradi zavrsi završi zna
    zva čeka čita žive
";

/// Verbs and words that take `da` with a present tense, or an infinitive, with and without diacritics.
pub(super) const MODALS: &str = "
    bolje hoce hocemo hoces hocete hocu hoće hoćemo hoćete hoćeš hoću htela hteli hteo htio htjela htjeli
    krenula krenuo mogao mogla mogle mogli mogu moguce moguće mora moraju morala morali moram moramo morao moras
    morate moraš moze mozemo mozes mozete može možemo možete možeš namerava namjerava nastavi nastavio naucio
    naučio nece necemo neces necete necu nemoj nemojmo nemojte neće nećemo nećete nećeš neću odlucila odlucili
    odlucio odlučila odlučili odlučio planira planiraju pocela poceli poceo pocne pokusali pokusao pokusava
    pokušali pokušao pokušava počela počeli počeo počne prestala prestani prestanite prestanu prestao sme smeju
    smem smemo smes smete smeš smije smijem smijemo smijes smijete smiješ smiju treba trebaju trebala trebali
    trebalo trebam trebamo trebao trebas trebate trebaš ume umem umijem uspela uspeli uspeo uspio uspjela
    uspjeli volela voleo voli volim volio voljela vredi vreme vrijedi vrijeme zele zelela zeleo zeli zelim
    zelimo zelio zelis zelite zeljela zna znaju znam žele želela želeo želi želim želimo želio želite želiš
    željela
";

/// Forms of the verb that makes the future.
pub(super) const WILLS: &str = "
    ce cemo ces cete cu će ćemo ćete ćeš ću
";

/// Infinitives in `-ći`; `reci` without its hook is an imperative too.
pub(super) const INFINITIVES_IN_CI: &str = "
    doci doći ici izaci izaći ići moci moći naci naći otici otići pobeci pobeći pobjeci pobjeći poci pomoci
    pomoći poći prici prići proci proći reći sici sići stici stići uci ući
";

/// Groups of forms by what they say; a later group counts before an earlier one.
#[rustfmt::skip]
pub(super) const GROUPS: &[(Mark, &str)] = &[
    (Mark::WeakEkavian, "
        beda bede beg bela bele beli belo bese beše brest cena cene ceni ceniti cep cepa cev cevi deci dela delu
        dole hteti lece lek lekove lepe lepi let leti leto leva leve levi leče mera mere mesna mesne mesni
        mesnih mesnim mesno mesnu mesta mesti obema pena plen pre prelaz prenos prete prevod reka reke reku ređi
        rešena seda sede sedi sedu sek sever severa sme smem smena steni svest svesti svet sveta svetlo svetu
        tera teraj teram terate testo umem vek vera vere veri veruj vest vesta vesti vesto vešto videti zver
    "),
    (Mark::Ekavian, "
        bezvredn:adjn cela cele celi celo celu ceo covek coveka coveku deca dece decu delimicno delova deo dete
        devojke dodeljen:adj dodeljuju doneo dvestoti gde gdekoji htela hteli hteo iseci iseče isterati izneo
        leka lepa lepih lepo lepog lepotica lepotice lepu letnja letnje mestimično naneo nasmejan nasmejana
        nasmejani naterali nedelja nedeljama negde nepovredjen nepredvidljiv:adj nevreme obezbed:iti,en
        obezbedjenje obezbeđenje obezbeđuje obolel:i,a,ih odelo odlepi odlepili odlepio odneo odolev:ati otera
        oterali ovdašnj:comp ovde pesak pevaj podeli podelio podelite ponegde poneo posednu poseduju posle
        potceni predlog predloga predloge predlogom predlogu predlozi predvidljiv:adj preneo presek preseče
        pretera preteruje razumeo reč reči savetujem seci sedite sedne sednem sednu sled smeo svestan tela
        teraju terati tešiti ubedio ubedljiv:adj ubedljivo ubeđuje ubeđuju ujutru umerenost uneo uspeo uvek
        uvredi vernici vernik vernika video voleo vremeplov:m zameram zamerila zamerka zamerke zaneo zaseni
        zasenil zasenjuje zasmej:ati,ava zasmejava zeleo ziveo
    "),
    (Mark::WeakIjekavian, "
        cijena cijene cio dijela dijele dijeli dijelu dio djed djela djelu donio lijek lijeka lijekove lijeva
        prelijepi prije rijeka rijeke sije sjedi sjeta sjeti smije svijetli umije vidio vijek vijeka vjera vjere
        vježba zivio živio
    "),
    (Mark::Ijekavian, "
        cijela cijele cijeli cijelo cijelog cijelu covjek dijete djeca djece djecu doslijed gdje gdjekoji grijeh
        htio lijepo mjera mjere najljepš:comp nasmijan nasmijana negdje ondje ovdje poslije poslijeratn:adjn
        posljednji remek-djela remek-djelo rijetko riječ riječi snijeg svagdje uspio uvijek uvjerljiv vjerujem
        čovjek željeznica živjelo
    "),
    (Mark::IjekavianEast, "
        bezbjed:an,na,no,ni,nost,nosti bezbjednost bješe cijelost dijelić djelimičn:adjn djelimično donijeće
        dosljednost hljeb:m hljebom htjeće izvještaj:m izvještaju ljekar:m ljekari nevjerovatn:adjn nevjerovatno
        nijesam nijesi nijesmo nijeste nijesu niđe obezbijed:iti,io,i obezbjeđenje obezbjeđuje odjeljenja
        odjeljenje ovđe pošljednji prosvjeta razumjeće sjediće sjutra sjutradan sljedstveno smjeće umjeću
        uslijed uspjeće uspjećemo vidjeće vidjećemo vidjećete vidjećeš vidjeću vjerovatn:adjn vjerovatno
        vještačk:adjn đe đeca đed željeće živjeće
    "),
    (Mark::Serbian, "
        arhitekt:a arhiv:a,e,u atin:a,i,e atini avgusta avgustu batali batalite bato bašta bašte bašti baštu
        bekstv:o,a bezbedan bezbedn:adjn,ost bezbednost bezbednosti bioskop:m blam bleja bleje blejim blejiš
        brale bratee brateee bratko bre bukvaln:o,a,i,e buraz buraza buraze burazeru care carino carr covece
        cut:ati dinar:a,i,e,ima drugar:i,a,e,u drugaric:a,e,o drugarsk:adjn duv:ati,a duva ekser engleskinja
        evr:o,a,e,i,u,om,ima farmerk:e,a,ama fazon fazoni fazonu fejsbuk:m gluv:adj golman:m golmani gotivan
        gotivi gotivim gotivn:a,o,i,e haos:m haosa haotičn:adjn harizm:f harizma harizmatičan hemij:f
        hemijsk:adjn hirurg:m hirurgij:f holandij:f holandsk:adjn holanđan:i,in hor:m hora horu
        hrist:os,a,u,e,om hristov:adj hrišćan:i,in,ina,e,ima hrišćansk:adjn hrišćanstv:n hronik:f hroničn:adjn
        hronolog:ija inostran:i,e,a,ih,om,im inostranstv:o,a,u,om ishran:a,e,u,i izlapel:i,a,o
        izvin:i,ite,jenje,jenja,javam,io,ila izvinite izvinjavam jermeni jes
        jevrej:i,in,ina,a,e,ima,ski,ska,sko,ske jevreji jevtin:adj jok jul jula julu jun juna junu jutjub:m keva
        kevo kipar kipru kritikov:ati,ovao krivičn:adjn kuv:ati,am,a,aš,amo,ate,aju,anje,anja,ano,ana
        kuvar:m,ica lekar:m lekari lekarsk:adjn lele lečilišta lečilište makaze mejl:m mleven:adj muva muve muvu
        najopštiji napolju naporedo nauka nauke naukom nauku naučn:adjn naučnic:i,ima naučnik:m nevaspitan:adj
        nezamenjiv:adj nezamenljiv:adj nmg ocenjiv:anje,ati odbornic:i odbornik:m odsustv:o,a,u,om omatori
        opredeljen:je,ja,i,a,o opsednut:adj opšt:adj opštem opštenarodn:adjn opštenj:e,a,u opšti opštim opštin:f
        opština opštinar:i,a,e opštinsk:adjn opštost organizov:ati organizovan:adj organizuj:em,e,emo,u,ete
        ortaci ortak:m ostrv:n otadžbin:f otadžbina ovlašćen:je,ja,i,o,a pantalon:e,a,ama pasulj:m patik:e,a,ama
        pesnic:a,e,u pečurk:e,a pijac:a,e,u,i pirinač pirinča plat:a,e,u,om,ama plata:f polni ponaosob poneše
        porede poredi poredim porediti poredj:enju,enje poređenj:nje porodičan pozorišn:adjn
        pozorišt:e,a,u,em,ima prevaspit:ati prisustv:o,a,u,uje,ovao,ovali,ovati prolećn:adj protestov:ati
        protestvuj:em,e,u radnj:a,u reagov:ati reaguj:em,e,eš,emo,u,ete registrov:ati,an remek-dela remek-delo
        rumuni rumunij:f rumunsk:adjn saglas:an,na,ni,no saglasnost saglasnosti sagovornic:i sagovornik:m sajt:m
        sajtov:i,a,e samoubic:f samoubistv:n saopštava saopšten:je,ja,ju,jem saopšti saopštili saopštio
        sargarepa saučesnik:m saučešće savremen:adj savremenik:m sijalic:f siledžij:a,e,u skupštinsk:adjn
        skuv:ati,am,a sledstven smara smaranje smarate smaraš smori smorio solun:u sopstven:adj sopstvenik:m
        spolja sprat:m sprata srecn:o,a,i,e srećan srećn:adjn srećno stamparija sujet:a,e,u,an,na,ni sujeverj:e
        sujevern:adjn suv suv:a,o,e,i,u,og,im,om sveska sveske svesku sveštenic:i,ima sveštenik:m sveštenstv:n
        takode takodje takođe tripuje tripujem trotoar:m tviter:m ubic:f ubistv:n uopste uopšte uporedi uporedim
        uporediti upoređivati upoređuje uveta uveče uvo ućut:ati,i,kati vakcinis:ati,an,anje,ao,ali
        vakciniš:e,u,em varvar:m vaskrs:m vaskrsa vaspit:ati vaspitan:je,ja,ju,jem,i,o,a vaspitač:m,ica vazduh:m
        vazdušn:adjn vizantij:f vizantijsk:adjn zarad:a,e,u,om zarada zavređuje zejtin:a zvaničan zvaničn:adjn
        zvaničnic:i zvaničnik:m ćale ćaleta ćaletu ćirilic:f ćut:im,iš,i,imo,ite,e,ati,ao,ala,ali ćutanj:nje
        čoveče čovečee đubr:e,eta đubrad đubretar:m šargarep:f šerp:a,e,u šolj:a,e,u,ica,ice,icu španac španci
        španij:f špansk:adjn šporet:m štab:a,u štamparij:f švajcarc:i,a švajcarsk:adjn švajcarsk:oj žurk:a,e,u,i
        žurka
    "),
    (Mark::Eastern, "
        advokat:m,ica,ska advokati aerodrom:m akcionar:m akcionari akcionarsk:adjn apotek:f autork:a,e,u
        bezuslovn:adjn birokratij:f davalac decembar decembr:a,u defin:isati,isan demokratij:f direktork:a,e
        doktorka doktorke ekonomista fabrik:f fašista februar:m finansij:e,ski,ska,ske,a,sko,skih
        finansijsk:adjn fudbal:m fudbaler:m fudbalsk:adjn funkcion:isati gas:m gledalac gledalaca
        gledaoc:a,i,e,ima,u hiljad:a,e,u,ama hiljada hiljadit:i,a hiljadu iko inform:isati,isan istorij:f
        istorijsk:adjn istoričar:m januar:m kafa kafan:f kafansk:adjn kafi kafu kasarn:f kašik:f komand:a,e,u
        komandant:m komandanti komentar:isati komunista komšij:a,e,u,o,ama komšiluk:m komšinic:f kontrol:isati
        kriterijum:m krompir:m kvalitet:word ličan ličn:adjn lično mašin:a,e,u,i mašinsk:adjn mašinstv:o,a
        milion:m miliona milione milioni ministark:a,e,u muzik:f muziku muzičar:m muzičari muzičk:adjn nacista
        netačn:adjn netačno nezavisan nezavisn:adjn,ost niko nosilac nosioc:a,i,e,ima novembar novembr:a,u
        obavez:a,e,u,ama,an obavezn:o,a,e,i odbrambeni odbran:a,e,u,i,iti,io,ili odbrana oficir:m oficiri
        oktobar oktobr:a,u oktobra omladin:a,e,u,i omladinsk:adjn opozicij:f paradajz:m pasoš:m penzij:f
        penzioner:m penzioneri peškir:m planeta porodic:f porodica porodičn:adjn poslanic:i,ima poslanik:m
        poslaničk:adjn pravosnažn:adjn preduzetnik:m preduzeć:e,a,u,em,ima prelaz:m prenos:m prevazilazi
        prevazići prevod:m prevodilac prevodioc:a,i prevoz:m privred:f privredn:adjn procen:ata,tima,ti,te,ta,tu
        procenat prodavnic:f profesork:a,e,u raskrsnic:f računar:m računari računarsk:adjn rukovodilac
        rukovodioc:a,i saobraćaj:m saobraćajk:e,a saobraćajn:adjn,ica,ice,icu saradj:uje,uju saradnic:i
        saradnik:m saradnj:f sarađ:ivala,ivali sarađ:uje,ujem,uju,ivati,ivao scenarija scenario septembar
        septembr:a,u septembra sistem:m sistemi sistemsk:adjn slušalac slušalaca slušaoc:a,i,e,ima specijalista
        spisak spisk:a,u,om spoljn:comp sprovesti stepen stepen:a,u,i stomak:m stomaka studentkinj:a,e,u
        sudij:a,e,u,ama,i sudije supe supu takmič:iti,ar,enje,enja,i,e takmiče takmičenj:nje takmičila takmičio
        talas:m talasi tanjir:m tačan tačk:f tačn:adjn tačno terorista tokom tuzilac tužilac tužilaštv:n
        tužioc:a,i,u ucesnik univerzitet:m univerzitetsk:adjn uprkos uslov:m uslova uslove uslovi uslovljen
        uslovn:adjn uslovno uticaj:m uticajn:adjn uticala uticao uticati utis:ak,ka,ke,ci utisk:u,om utiče utiču
        učesnic:i,e,a učesnik:m učestvov:ati učestvuj:em,e,u,emo,ete učešć:e,a,u vanredan vanredn:adjn vanredno
        viljušk:f vještačenje voditeljk:a,e,u voz:m vozova vozove vozovi zavisan zavise zavisi zavisilo
        zavisn:adjn ćerk:a,e,u,i,om ćerka čitalac čitalaca čitaoc:a,i,e,ima štamp:a,e,u,i štampaj:u štampan:adj
        štampati
    "),
    (Mark::WeakEastern, "
        aktuelan aktueln:adj bar brate bukvaln:o dese desi desila desili desilo desio desiti dešava dešavaju
        dešavalo dešavanja dobija dobijaju dobijali dobijam dobijamo dobijao efikas:an,no,na,ni,nost evrop:f
        evropljan:i,in evropsk:adjn firm:f garancij:f gas hleb hleb:a,om,u,ovi interesant:an,na,no,ni
        izuzetn:o,a,i,e išta juce juli juni juče kancelarij:f ko kompjuter:m kupatil:o,a,u mada
        naredn:i,a,e,o,ih,om,oj narocito naročito neko nivo nivoa nivoi nivou njen:adj odrast:ao ponovo pošto
        prekjuče prisustv:o,a,u,uje,ovao,ovala,ovali,ovati prost prosta proste prosto reditelj:m reditelji
        sistem skoro skupštin:f slavin:a,e sta supa svako svuda teritorija ubijeđen ubijeđena ubijeđeni uradi
        uradila uradili uradim uradio uradite uradiš uradiše ustvari veoma zaista ćao časov:a,i,e šta
    "),
    (Mark::SlightEastern, "
        bude budem budemo budete budu direktor:m hajde hajdemo jeste kada koga mnogo morala morali morao nalaze
        nalazi rekao rekla sa svom trebalo trenutno
    "),
    (Mark::Croatian, "
        aluminij arhitekt:word autocest:a,e,u,i,om autoric:a,e,u bezakonje birokracij:f bjelodan:o blagdan:m
        blagdani bojišnic:a,e,i,u branitelj:m branitelji brodogradilišt:e,a,u brzojav:m buju bumo cestovn:adjn
        dapače datotek:f demokracij:f desetljeć:e,a,u,ima dečki dečkima dica dici diljem direktoric:a,e,u dite
        djelomičn:o,a,i,e dohod:ak,ka,ku doista dojam dojm:a,u,ovi,ove doktoric:a,e,u domovinsk:adjn
        doslovn:o,a,i,e dočasnik:m dragovolj:no,ci,aca dragovoljac državnoodvjetničk:i dućan:m dućani
        dužnosnic:i dužnosnik:m dvojb:a,e,u,i ekonomist:word europ:f europljan:i,in europsk:adjn fašist:word
        glasnogovornic:a,e glasnogovornik:m glasovanj:nje glazb:f glazben:adj,ik,ici gledatelj:m gledatelji
        glede gospodarsk:adjn gospodarstv:n hladnjak:m hrenovk:e,a,u inozemn:adjn inozemstv:o,a,u,om
        ispričav:am,amo,a ispričavam itko izbornik:m iznimk:a,e,u,om iznimn:o,a,i,e,an izravan izravn:o,a,e,i
        izvješć:e,a,u,em,ima izvješće izvješćima izvrsn:o,a,e,i izvrstan jest kaj kak kaos:m kaotičn:adjn kava
        kave kavi kavu kazališ:te,ta,tu,ni,na,no kemij:f kemijsk:adjn kirurg:m kirurgij:f kolnik:m kolodvor
        kolodvor:m komunist:word krepat krist krist:a,u,e,om kriterij:word kriterija kriteriji križ:m krumpir:m
        kršćan:i,in,ina,e,ima kršćansk:adjn kršćanstv:n kunama kućanstv:o,a,u,ima kuži kužim kužite kužiš
        kvalitet:om liječnic:i,a,e,ima liječnik:m lipanj lipi lipnj:a,u lipo listopad:m ljekarn:f ljekarna
        mahun:e,a milijun:m milijune milijuni ministric:a,e,u,o,i ministrica mirovin:f mirovinsk:adjn mirovinu
        misto mjerodavn:adjn mladež momčad:word momčadi nacist:word nadahnu:t,će,ća nadalje najvjerojatnije
        nakan:a,e,u napose naranč:a,e,u natjec:anje,anja,anju,ati natjecatelj:m navijačic:e nazočn:adjn negdi
        neizravno nemre nemreju nemrem nemreš neovisan neovisn:adjn,ost netko netočn:o,a,e,i nevjerojatan
        nevjerojatn:adjn nigdi nikaj nitko nizozemsk:adjn njezin:adj nogometaš:m nogometaši nogostup:m
        nuspojav:a,e,u,ama obitelj:i,ima,ski,ska,sko,ske,skih obitelj:word obljetnic:f obnaša obnašati obrambeni
        obran:a,e,u,i,om,iti,io,ili obvez:a,e,u,ama,an obvezn:o,a,e,i odgojitelj:m,ica,ice odgojiteljic:a,e
        odvjetnic:i,a,e odvjetnik odvjetnik:m odvjetničk:adjn odvjetništv:o,a,u okoliš:m okrivljenik:m
        ophodnj:e,a,u oporb:a,e,u,eni oporben:adj osoban osobito osobn:adjn ovdi ovisan ovise ovisi ovisilo
        ovisn:adjn,ost,ik,ici ovrh:a,e,u,om ovršitelj:m ožujak ožujk:a,u pješaštv:o,a planet:word plin:ski
        podupir:e,u podupirat:i poduzetnic:i poduzetnik:m poduzeć:e,a,u,em,ima poglavarstv:o,a,u populist:word
        posjetitelj:m posjetitelji postot:ka,ku,ke,ci,aka postotak postrojb:f potpor:a,e,u potpor:i poveznic:f
        povijesn:adjn povijest:i,ni povijest:word povjerenstv:o,a,u pozornost:word pozornosti predmnijev:a
        predsjedatelj:m predstojnik:m premda prevoditelj:m prigod:a,e,om,i,ni prigodom prijamn:i prijelaz:m
        prijenos:m prijevod:m prijevoz:m primjerice priopćenj:nje priopći priopćila priopćio pristojb:a,e,u
        pričuv:a,e,ni profesoric:a,e,u promicat:i promidžb:f promišljanj:nje proračun:m proračunsk:adjn prosinac
        prosinc:a,u prosvjed:m prosvjedi prosvjednic:i,ima prosvjednik:m proturječ:i,je,no putovnic:f pučanstv:n
        pučk:adjn rabi rabiti rablj:en,ena,eno rajčic:f raskrižj:nje ravnalo ravnatelj:m ravnateljic:a,e
        ravnateljstv:o,a,u razvidn:o,a računal:o,a,u,om,ima računaln:adjn redatelj:m redateljic:a,e rublj:e,a
        rujan rujn:a,u rumunjsk:adjn ručnik:m sabor:m saborsk:adjn saborski samoubojstv:n scenarij:m siječanj
        siječnj:a,u skladatelj:m skladb:a,e,u,i skladb:om skrb:i,iti skrb:om skuži skužila skužio skužiti
        slušatelj:m specijalist:word spol:m spoln:adjn srpanj srpnj:a,u stožer:m studenog studenoga
        studentic:a,e,u suca suci sucu sudac sudaca sudcima sudionic:i,ima sudionik:m sudjel:ovati
        sudjeluj:em,e,u suglas:an,na,ni,no suglasnost sukladno suradnic:i suradnik:m suradnj:f
        surađ:uje,uju,ivati,ivao sustav:m sustavi suvremen:adj suvremenik:m sučelj:e,a,u svatko sveučilišn:adjn
        sveučilišt:e,a,u,em svib:anj svibnj:a,u svit tajnic:a,e,u tajnik:m tajništv:o,a,u tanjur:m tenisic:e,ama
        teritorij:word terorist:word tečaj:m tečaj:ni tijekom tisak tiska tisku tisuć:a,e,u,ama tjedan
        tjedn:a,u,om,i,e,ima,ik,o tko točan točk:a,e,u,i,ama točn:adjn točno traperic:e,ama travanj travnj:a,u
        trenutačn:o,a,e,i triba tribalo tržnic:a,e,u,i turist:word tvornic:f tvrtk:a,e,u,ama,om tvrtki
        ubojic:a,e,u,o,ama ubojic:i ubojstv:n udrug:a,e,u udrug:f uhit:io,ili,iti,ila
        uhić:en,eni,ena,enje,enja,enih uhićen umirovljen:adj umirovljenic:i,a umirovljenik:m umirovljenički
        unatoč uporab:f usporedb:f usprkos ustroj:m uvik uvjet:m uvjete uvjeti uvjetovan učinkovit:adj,ost
        veleposlan:ik,stvo,ica,ika,ici veljač:a,e,i,u vjerojatn:o,a,i,e,ost vlak:m vlakova vlakovi
        voditeljic:a,e,u vojarn:f vratar:m vrhnj:e,a vrhnje vrhovništv:o vridi vrime zaklad:a,e,u,i
        zapovjedništv:o,a,u zaprimiti zasigurno zaslon:m zaslonu zastupnic:i,a,e zastupnik:m zastupničk:adjn
        zbilja zemljopis:m zemljovid:m ziher zlouporab:a,e,u zločest:o znanost:word znanosti
        znanstven:adj,ik,ici,ika zrakoplov:m zrakoplovi zračna zračnoj časnic:i,a časnik:m čitatelj:m čitatelji
        čovik šalic:a,e,u škar:e,ama španjolac španjolc:i,ima španjolsk:adjn šport:m športsk:adjn štednjak:m
        žarulj:a,e,u židov:i,a,ski,ska židovi živcira živciraju živcirati žlic:f žlica žumanjak župan:m
        županij:f županijsk:adjn
    "),
    (Mark::WeakCroatian, "
        ajme ajmeee ajmo barem bit cura cure curi curica curo curu dakako di djelatnic:i,a,e djelatnik:m dobiva
        dobivaju dobivali dobivam dobivamo dobivati događa događaju događanja dogodi dogodila dogodili dogodilo
        dogodio dogoditi eura eure euri eurima euro frajer:m frajeri gluparij:e,a,u grozan grozn:o,a,i,e iduća
        iduće idućeg idući idućoj ionako isprika isprike ispriku izlika izlike ju kamo kazala kazali kazao
        kazati kojega kojemu kolovoz:m kolovoza kompjutor:m kompjutori krasan krasn:o,a,i,e krivo kuna kune kuni
        kunu kvragu mobitel:m mobiteli mobitelom napokon neg niti nogometn:adjn nužno obljubljen obljubljena
        odjel:m odjeli oprosti oprostite ozljed:a,e,u,ama pak poduze:ti,o,li pogrešk:a,e,u,ama ponovno popis
        poprilično posve predobar predobr:o,a,i,e prekrasan prekrasn:o,a,e,i presmiješn:o,a,i
        prijedlo:g,ga,zi,ge,gu prijedlogom pritom promet:m prometn:adjn prvotn:o,a,i,e razin:a,e,u,i razinama
        spika spike spiku stoga studeni sukladan svrh:a,e,u,om tak tek temeljem tijek:m trebala trebale trebali
        trebam trebamo trebao trebate trebaš ured:m ured:ski,ska uredu uvelike učini učinila učinio učiniti vele
        velebn:o,a,i veli velim veliš vrag vraga vrage vragu zadnj:i,e,a,u,eg,em zafrkancij:a,e,u zapravo
        zločest:adj
    "),
    (Mark::SlightCroatian, "
        bismo gotovo ipak ići jako kad kojeg kojem nemojte ovoga poput posebno potpuno previše puno sigurno
        strašno stvarno svojoj time
    "),
    (Mark::Western, "
        cest:a,e,u,i,om,ama cjepiv:n cjepiv:o,a,u duhan:m gluh:adj grah:m hrđ:a,e,av izvana jucer jučer
        krajolik:m kruh:m kruha kuh:ati,am,a,aš,amo,ate,aju,anje,anja,ano,ana kuhar:m,ica mrkv:f muha muhe muhu
        navecer navečer neodgojen:adj nogomet:m odgajati odgoj:iti odgoj:m odgojen:adj opcenito
        opć:i,e,a,eg,em,oj,im,ih općenit:adj općenito općin:f općinsk:adjn otoci otok:m otoke plaća plaće plaćom
        plaću plin:m pravomoćn:adjn prekjučer prijedlog riž:a,e,u sigurnosn:adjn skuh:ati,am,a sretno stol:m
        stola stoljeć:e,a,u,ima suh:adj svećenic:i,e svećenik:m svećenstv:n također tužitelj:m tužiteljstv:n uha
        uho uhu uopće uspored:i,im,imo,iva,io,ila usporediti utjec:aj,aja,aju,ati,ajni utjecaj:em,i,na,ni utječe
        utječu vani vijeć:e,a,u,em,nik,nika,nici zrak:m zrakom šute šuti šutim šutio šutite šutiš šutjela
        šutjeli šutjeti šutnj:a,e,u švicarsk:adjn
    "),
    (Mark::WeakWestern, "
        cesta ceste cesti cestom cestu kino kinu nakon novce odgoj osvrt:m otok promet sigurnost sigurnosti
        smeće smeću sretan sretn:a,i,e,u,om,ih,ije sretnu vlastit:adj zrak zraka
    "),
    (Mark::Bosnian, "
        aferim ahiret:a,u allahu amidž:a,e,o augusta augustu ba babo bajram bajrama bajramu belaj:a,i,e bolan
        džematlij:e,a dženaz:a,e,u dženet dženetu dženneta hablećina hairli hajd hajr halal haman hamo hanuma
        hanume hanumu helem historij:f historijsk:adjn historičar:m hudžbe insallah insan insana insani
        inšaallah inšallah jah jaran:e,i,a,u jarane jarani jašta kahv:a,e,u,i kahvu kanton:m kantona
        kantonaln:adjn kantonalne kantonalni kantoni kantonima kantonu kjafir:e,i konta kontaju kontam kontati
        kontaš lahk:o,a,i masallah mashallah mašala mašallah mehk:o,a merhaba merhum:a mezarj:e,a,u
        munafik:e,a,i polahko rahmet rahmetli raja rajo rajom ramazan ramazana ramazanski ramazanu sahat sahata
        saopć:enje,enja,io,ila,eno sedmic:f selam selamalejkum sevap:a vallahi ćejf ćejfu šehid:i,a,e,ima
        šehidsk:adjn šćete šćeš
    "),
    (Mark::Neutral, "
        bes citat cuti de dinar dinara dinari donese ekipa ista izvesti krista kristom kriza krize krizi krizom
        krizu kvaliteta kvalitetom kvalitetu mesa nauci nezna odela otoku otprilike place placu ponese poslat
        posto prenose prenosi prodat reci reda rede redi sece secem secemo seces sedmica sedmice sekao seku sete
        skroz smece smeća solju sport:m sportsk:adjn stolom stolu sveca svece sveci svecu svetom svezi svrha
        svrhe svrhu turista upotrebe upotrebi uredi venac voze vozi zidova zidovi
    "),
];
