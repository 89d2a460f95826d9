{#
    How a provision of law is read, and whether what was read is one of a list. Nothing else may look at its spelling.

    Every spelling that is known becomes one: number and letters together, and the paragraphs where they are given. The
    Criminal Code is not named, another law is: 'Art. 273 f Sr', 'Sr 273F' and 'artikel 273f lid 1 van het Wetboek van
    Strafrecht' become '273f', '273f' and '273f lid 1'; '317, leden 1 en 2, jo. 45 Sr' becomes '317 lid 1,2; 45', and
    'Opiumwet 2 onder C' becomes '2 opiumwet'. Parts below a paragraph are left out: no list goes that deep.

    What cannot be read for certain keeps its words behind a question mark, '? 273f oud', so that it is never taken for
    another provision in silence.

    Args:
        bron: A relation.
        kolom: Its column with provisions as they are written; each spelling gives one row, with wetsartikel_code beside it.
#}
{% macro canonieke_wetsartikelen(bron, kolom) -%}
    {%- set andere_wetten = {
        'srm': 'wetboek van militair strafrecht|wms|wvms',
        'srbes': '(?:wetboek van strafrecht|sr)\\.? ?bes',
        'sv': 'wetboek van strafvordering|w\\.?\\s?v\\.?\\s?s\\.?\\s?v|sv',
        'opiumwet': 'opiumwet|opw|ow',
        'wwm': 'wet wapens en munitie|wwm',
        'wed': 'wet op de economische delicten|wed',
        'wvw': 'wegenverkeerswet(?: ?1994)?|wvw(?: ?(?:19)?94)?',
        'awr': 'algemene wet inzake rijksbelastingen|awr',
        'wft': 'wet op het financieel toezicht|wft',
        'wwft': 'wet ter voorkoming van witwassen en financieren van terrorisme|wwft',
        'vw': 'vreemdelingenwet(?: ?2000)?|vw(?: ?2000)?',
        'wav': 'wet arbeid vreemdelingen|wav',
        'awb': 'algemene wet bestuursrecht|awb',
        'apv': 'algemene plaatselijke verordening|apv',
        'tw': 'telecommunicatiewet|tw',
        'gemw': 'gemeentewet|gemw',
    } -%}
    {%- set rangtelwoorden =
        ['eerste', 'tweede', 'derde', 'vierde', 'vijfde', 'zesde', 'zevende', 'achtste', 'negende', 'tiende'] -%}
    {%- set artikel = '(?:artikelen|artikel|artt|arts|art)' -%}
    {%- set latijn =
        '(?:bis|ter|quater|quinquies|sexies|septies|octies|novies|nonies|decies|undecies|duodecies)' -%}
    {%- set deel = '(?:1[0-5]|[1-9]|[a-z])[eo]?\\b' -%}
    {%- set nummer = '\\d{1,4}(?:' ~ latijn ~ '(?:\\.\\d)?|[a-km-z]|[a-z]{2})?' -%}
    {%- set bepaling = nummer ~ '(?: lid \\d{1,2}(?:,\\d{1,2})*)?(?: %[a-z]+)?' -%}
    {%- set regels = [] -%}

    {#- The signs: one kind of space, dash and nothing that is used as a mark below. -#}
    {%- do regels.extend([
        ('[@%#~?!]', ' ? '),
        ('[\\s\\x{00A0}\\x{00AD}\\x{1680}\\x{2000}-\\x{200D}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{2060}\\x{3000}\\x{FEFF}]+', ' '),
        ('[\\x{2010}-\\x{2015}\\x{2212}]', '-'),
        ('\\bj[°º]', ' jo '),
        ('[°º"\\x{2018}\\x{2019}\\x{201C}\\x{201D}`´]|\\x{27}', ''),
        ('[()\\[\\]]', ' '),
        ('\\bvan (?:de |het )?(?:nederlandse )?', ' '),
    ]) -%}

    {#- The laws: @sr is the Criminal Code, and what begins with % another. -#}
    {%- do regels.append(('\\bwetboek +', 'wetboek van ')) -%}
    {%- for wet, geschreven in andere_wetten.items() -%}
        {%- do regels.append(('\\b(?:' ~ geschreven ~ ')\\b\\.?', ' %' ~ wet ~ ' ')) -%}
    {%- endfor -%}
    {%- do regels.extend([
        (
            '\\b(?:wetboek van strafrecht|wetb\\.? ?(?:v\\.?)? ?str(?:afr(?:echt)?)?|strafrecht|'
            ~ 'w\\.?\\s?v\\.?\\s?s\\.?\\s?r|w\\.?\\s?v\\.?\\s?str(?:afr)?|wvs|s\\.r|sr)\\b\\.?',
            ' @sr '
        ),
        ('\\b(?:wv)?sr(\\d)', ' @sr \\1'),
        ('(\\d[a-z]{0,2}?)(?:wv)?sr\\b\\.?', '\\1 @sr '),
        ('(\\d[a-z]{0,2}?)(?:wv)?sv\\b\\.?', '\\1 %sv '),
    ]) -%}

    {#- Articles and paragraphs; what is below a paragraph goes. -#}
    {%- do regels.extend([
        ('\\b' ~ artikel ~ '\\.?\\s*(\\d)', ' \\1'),
        ('\\b' ~ artikel ~ '\\b\\.?', ' '),
        ('^\\s*a\\.?\\s*(\\d)', ' \\1'),
        ('\\b([1-9]|10)(?:e|de|ste)\\s+(lid|leden)\\b', '#\\1 \\2'),
    ]) -%}
    {%- for woord in rangtelwoorden -%}
        {%- do regels.append(('\\b' ~ woord ~ '\\b', '#' ~ loop.index)) -%}
    {%- endfor -%}
    {%- do regels.extend([
        ('#(\\d+)((?:\\s*(?:,|en|of)\\s*#\\d+)*)\\s+(?:lid|leden)\\b', ' lid \\1\\2 '),
        ('#(\\d+)', '\\1'),
        ('(\\d)l(\\d)', '\\1 lid \\2'),
        ('(\\d[a-z]{0,2}?)(?:leden|lid|ld)\\.?\\s*(\\d)', '\\1 lid \\2'),
        ('\\b(?:leden|lid|ld|l)\\.?\\s*(\\d)', ' lid \\1'),
        ('(?:[,;/]\\s*)?\\b(?:aanhef|ahf)\\b\\.?\\s*(?:[,/&]|en\\b)?', ' '),
        (
            '(?:[,;/]\\s*)?\\b(?:onderdelen|onderdeel|onder|sub|ond|ten)\\b\\.?\\s*'
            ~ deel ~ '(?:\\s*(?:,|en|of|/|t/m|&|-)\\s*' ~ deel ~ ')*',
            ' '
        ),
    ]) -%}

    {#- What stands between: ; between provisions, & and , between either, ~ for all in between. -#}
    {%- do regels.extend([
        ('\\b(?:t/m|tot en met)\\b', '~'),
        ('(lid \\d{1,2})\\s*-\\s*(?:lid )?(\\d{1,2})\\b', '\\1~\\2'),
        ('\\b(?:en/of|dan wel|alsmede|en|of)\\b|[+]', '&'),
        ('\\b(?:juncto|jo|jis|jto|in verbinding met|in samenhang met|i\\.?v\\.?m)\\b\\.?', ';'),
        ('(\\d)[\\s.-]*(' ~ latijn ~ ')\\b', '\\1\\2'),
        ('(\\d)[\\s.-]*a[\\s.-]+([ab])\\b', '\\1a\\2'),
        ('(\\d)[\\s.-]+(a[ab]|[a-ik-mo-z])\\b', '\\1\\2'),
        ('\\s*([;&,/~])\\s*', '\\1'),
        ('\\s+', ' '),
        ('[ ,]+([@%])', ' \\1'),
        ('^[\\s.,;:/&]+|[\\s.,;:/&]+$', ''),
        ('[,&;]*;[,&;]*', ';'),
        (',&', '&'),
        ('^@sr[ ,:;&]+([^%]+)$', '\\1 @sr'),
        ('^(%[a-z]+)[ ,:;&]+([^@%]+)$', '\\2 \\1'),
        ('(\\d[a-z]*)[ ,]+([@%][a-z]+)[ ,]+(lid [0-9,&~]+)', '\\1 \\3 \\2'),
        ('@sr(?:[ ,]+@sr)+', '@sr'),
        ('([@%][a-z]+)[ ,&;/]*(\\d)', '\\1;\\2'),
        ('(\\d[a-z]*),(lid )', '\\1 \\2'),
        ('[,&/;](\\d{3,4}|1[6-9]|[2-9]\\d|\\d{1,2}[a-z])', ';\\1'),
        ('[;&,/]lid ', ','),
        ('(?:^|\\b)(\\d{3,4}[a-z]*|\\d{2}[a-z]+)[,/](\\d{1,2}\\b)', '\\1 lid \\2'),
    ]) -%}
    {%- for _ in range(4) -%}
        {%- do regels.append(('(lid [\\d,~]*\\d)[&/](\\d{1,2}\\b)', '\\1,\\2')) -%}
    {%- endfor -%}
    {%- for van in range(1, 6) -%}
        {%- for tot in range(van + 1, 7) -%}
            {%- do regels.append(
                ('(lid (?:\\d+,)*)' ~ van ~ '~' ~ tot ~ '\\b', '\\1' ~ range(van, tot + 1) | join(','))
            ) -%}
        {%- endfor -%}
    {%- endfor -%}

    {#- Read is what is whole, and of which law is certain: ! marks it, and the rest keeps its words. -#}
    {%- do regels.extend([
        ('^(.*(?:^|;)[^;@%]+;[^@%]*%.*)$', '? \\1'),
        (' @sr\\b', ''),
        ('^(.*;(?:[1-9]|1[0-5])[a-z]{0,2}(?: lid [0-9,]+)?)$', '? \\1'),
        ('^((?:.*;)?(?:[1-9]|1[0-5])[a-z]{0,2}(?: lid [0-9,]+)?;.*)$', '? \\1'),
        ('^(.*\\d(?:en|of|jo|ld|sr|sv|op|is|ow)\\b.*)$', '? \\1'),
        ('^(' ~ bepaling ~ '(?:;' ~ bepaling ~ ')*|%[a-z]+)$', '!\\1'),
        ('^(?:[?] )*([^!].*)?$', '? \\1'),
        ('^!', ''),
        (';', '; '),
        ('%', ''),
    ]) -%}

    with

    stap_0 as (

        select distinct
            {{ kolom }},
            ' ' || lower({{ kolom }}) || ' ' as gelezen
        from {{ bron }}

    )

    {#- In steps, since no parser likes a hundred calls within one another. -#}
    {%- set stappen = regels | batch(10) | list -%}
    {%- for stap in stappen -%}
        {%- set ns = namespace(gelezen='gelezen') -%}
        {%- for patroon, wordt in stap -%}
            {%- set ns.gelezen = "regexp_replace(" ~ ns.gelezen ~ ", '" ~ patroon ~ "', '" ~ wordt ~ "', 'g')" -%}
        {%- endfor -%}
        ,

    stap_{{ loop.index }} as (

        select
            {{ kolom }},
            {{ ns.gelezen }} as gelezen
        from stap_{{ loop.index0 }}

    )
    {%- endfor %}

    select
        {{ kolom }},
        gelezen as wetsartikel_code
    from stap_{{ stappen | length }}
{%- endmacro %}


{# Whether a provision as the macro above reads it is, or may be, this one of a list; with a paragraph only that one. #}
{% macro is_wetsartikel(gelezen, artikel_code) -%}
    case
        when {{ gelezen }} not like '?%'
            then regexp_matches(
                {{ gelezen }},
                '(^|; )' || split_part({{ artikel_code }}, ' lid ', 1)
                || case
                    when {{ artikel_code }} like '% lid %'
                        then ' lid ([0-9]+,)*' || split_part({{ artikel_code }}, ' lid ', 2) || '(,[0-9]+)*'
                    else '( lid [0-9,]+)?'
                end
                || '(;|$)'
            )
        -- Not read: its digits may be those of the article, or there are none that say it is another.
        else
            coalesce(regexp_replace({{ gelezen }}, '[^0-9]', '', 'g'), '') = ''
            or contains(regexp_replace({{ gelezen }}, '[^0-9]', '', 'g'), regexp_extract({{ artikel_code }}, '^[0-9]+'))
    end
{%- endmacro %}
