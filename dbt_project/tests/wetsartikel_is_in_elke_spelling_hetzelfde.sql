-- Read as a check of the list of articles: depends_on: {{ ref("wetsartikel") }}
with

spelling as (

    select
        geschreven,
        bedoeld
    from (
        values
        ('138C', '138c'),
        ('138c Sr', '138c'),
        ('art. 138 c', '138c'),
        ('Art. 139G Sr', '139g'),
        ('161 sexies', '161sexies'),
        ('317 lid 2', '317 lid 2'),
        ('317/2', '317 lid 2'),
        ('Art. 317 Sr lid 2', '317 lid 2')
    ) as paar (geschreven, bedoeld) -- noqa: AL05

),

gelezen as (

    {{ canonieke_wetsartikelen('spelling', 'geschreven') }}

)

select
    spelling.geschreven,
    spelling.bedoeld,
    gelezen.wetsartikel_code
from spelling
left join gelezen on spelling.geschreven = gelezen.geschreven
where gelezen.wetsartikel_code is distinct from spelling.bedoeld
